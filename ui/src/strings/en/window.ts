export default {
  closeTitle: { one: '{n} recorder is recording', other: '{n} recorders are recording' },
  closeTray: 'Keep recording in the tray',
  closeTrayText: 'The window closes and every recording goes on. The tray icon brings the window back.',
  noTray: 'This desktop has no tray: a hidden window could not be found again.',
  closeQuit: 'Stop and quit',
  closeQuitText: 'Every recording ends and its file is finished. They start again with the next start of Audyn.',
  closeCancel: 'Stay here',
  leaving: 'Every file is being finished. Audyn ends then.',
} as const
