import type { Dice } from './dice.ts'

/**
 * Draws a picture and returns it as a BMP file: 8 bits per point, 256 shades of grey, `size` points in each direction (a multiple of 4).
 * The picture shows hills under a sky, with the noise of a camera, so that it compresses as little as photographs do.
 */
export function bitmap(dice: Dice, size: number): Uint8Array {
  const start = fileHeader + infoHeader + 256 * 4
  const file = new DataView(new ArrayBuffer(start + size * size))
  file.setUint16(0, 0x424d)
  file.setUint32(2, file.byteLength, true)
  file.setUint32(10, start, true)
  file.setUint32(fileHeader, infoHeader, true)
  file.setInt32(fileHeader + 4, size, true)
  file.setInt32(fileHeader + 8, size, true)
  file.setUint16(fileHeader + 12, 1, true)
  file.setUint16(fileHeader + 14, 8, true)
  file.setUint32(fileHeader + 20, size * size, true)
  file.setUint32(fileHeader + 32, 256, true)
  for (let shade = 0; shade < 256; shade++) file.setUint32(fileHeader + infoHeader + shade * 4, shade * 0x01_01_01, true)
  const octets = new Uint8Array(file.buffer)
  const heights = hills(dice, size)
  // Rows are stored from the bottom up.
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) octets[start + y * size + x] = shadeAt(x, y, heights[x]!, size) + noise(dice)
  }
  return octets
}

/** Returns the height of the hills at each column: a random walk without steep steps. */
function hills(dice: Dice, size: number): number[] {
  let height = size >> 1
  return Array.from({ length: size }, () => {
    height += dice.from(-2, 2)
    height = Math.max(size >> 2, Math.min(size - (size >> 2), height))
    return height
  })
}

/** Returns the shade of one point. The sky gets lighter towards the horizon; the hills have stripes of fields. */
function shadeAt(x: number, y: number, height: number, size: number): number {
  if (y > height) return 220 - ((((y - height) * 90) / size) | 0)
  return 60 + ((((x >> 3) ^ (y >> 4)) & 7) << 3) + ((((height - y) * 50) / size) | 0)
}

/** Returns a random number, most often small, around 0. */
function noise(dice: Dice): number {
  return dice.from(-3, 3) + dice.from(-3, 3)
}

// In octets, the headers BITMAPFILEHEADER and BITMAPINFOHEADER together.
const fileHeader = 14
const infoHeader = 40
