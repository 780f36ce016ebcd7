//! The checksums of the containers.

/// Ogg pages (RFC 3533): polynomial 0x04C11DB7, from 0, nothing reflected.
pub(crate) fn ogg(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |crc, b| (crc << 8) ^ OGG[usize::from((crc >> 24) as u8 ^ b)])
}

/// FLAC frame headers (RFC 9639 section 9.1.8): polynomial 0x07, from 0.
pub(crate) fn flac8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, b| FLAC8[usize::from(crc ^ b)])
}

/// One byte more of a FLAC frame's checksum (RFC 9639 section 9.3): polynomial 0x8005, from 0. Over a whole frame with its
/// checksum the result is 0.
pub(crate) fn flac16(crc: u16, byte: u8) -> u16 {
    (crc << 8) ^ FLAC16[usize::from((crc >> 8) as u8 ^ byte)]
}

/// The LAME tag's checksums: polynomial 0x8005 reflected, from 0; `crc` is that of what went before.
pub(crate) fn lame(crc: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(crc, |crc, b| (crc >> 8) ^ LAME[usize::from(crc as u8 ^ b)])
}

const OGG: [u32; 256] = table_u32(0x04C1_1DB7);
const FLAC16: [u16; 256] = table_u16(0x8005);
const FLAC8: [u8; 256] = table_u8(0x07);
const LAME: [u16; 256] = table_reflected(0xA001);

const fn table_u32(polynomial: u32) -> [u32; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = (i as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 1 { crc << 1 ^ polynomial } else { crc << 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

/// The same division, on the upper half of the register.
const fn table_u16(polynomial: u16) -> [u16; 256] {
    let wide = table_u32((polynomial as u32) << 16);
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = (wide[i] >> 16) as u16;
        i += 1;
    }
    table
}

const fn table_u8(polynomial: u8) -> [u8; 256] {
    let wide = table_u32((polynomial as u32) << 24);
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = (wide[i] >> 24) as u8;
        i += 1;
    }
    table
}

const fn table_reflected(polynomial: u16) -> [u16; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = i as u16;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ polynomial } else { crc >> 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests;
