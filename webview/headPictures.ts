// The thumbnails of all heads on one canvas under their buttons: a canvas for each costs the browser half a millisecond a frame,
// whatever is on it.

import type { PanelTiles } from '../src/protocol/webview';
import { context2d, element } from './dom';

/** A square in CSS pixels, from the upper left corner of the canvas. */
export interface PicturePlace {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/** Smaller pictures are enlarged cell by cell, larger ones are smoothed so that no thin line is lost. */
const smoothFrom = 64;

export class HeadPictures {
  readonly canvas = element('canvas', { className: 'headPictures', attributes: { 'aria-hidden': 'true' } });
  /** Holds one thumbnail, cell by cell, while it is scaled. */
  private readonly scratch = element('canvas');
  private image: ImageData | undefined;
  private size: readonly [width: number, height: number, ratio: number] = [0, 0, 0];

  /** Takes the size of what the canvas lies under, in CSS pixels. True: it is empty now, and everything has to be drawn. */
  fit(width: number, height: number): boolean {
    const [before, heightBefore, ratio] = this.size;
    if (width === before && height === heightBefore && ratio === devicePixelRatio) return false;
    this.size = [width, height, devicePixelRatio];
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    return true;
  }

  clear(): void {
    context2d(this.canvas).clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** `colors`: 256 pixels, by level. */
  draw(
    { levels, rowCount, columnCount }: PanelTiles,
    picture: number,
    colors: Uint32Array,
    { left, top, size }: PicturePlace,
  ): void {
    if (this.image?.width !== columnCount || this.image.height !== rowCount) {
      this.image = new ImageData(columnCount, rowCount);
      this.scratch.width = columnCount;
      this.scratch.height = rowCount;
    }
    const pixels = new Uint32Array(this.image.data.buffer);
    const from = picture * pixels.length;
    for (let cell = 0; cell < pixels.length; cell++) pixels[cell] = colors[levels[from + cell]];
    context2d(this.scratch).putImageData(this.image, 0, 0);
    const context = context2d(this.canvas);
    context.imageSmoothingEnabled = Math.max(rowCount, columnCount) > smoothFrom;
    const onDevice = [left, top, size, size].map(pixels => Math.round(pixels * devicePixelRatio));
    context.drawImage(this.scratch, 0, 0, columnCount, rowCount, ...(onDevice as [number, number, number, number]));
  }
}
