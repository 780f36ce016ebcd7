//! What every container has to hold, shown on all of them by tools that are not ours.

mod cut;
mod hostile;
mod join;
mod life;
