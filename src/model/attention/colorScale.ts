// From weights to colours, for the panel and for pictures written to files. Pure.

/** How a weight becomes a colour: `squareRoot` lifts small weights, `proportional` does not. */
export type WeightScale = 'squareRoot' | 'proportional';

/** Red, green, blue: 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export const levelCount = 256;
/** Below this Oklab lightness a screen shows no difference: on pure black the scale starts here. */
const darkestLightness = 0.2;

/** The place of a weight on the colour scale, 0 to 255. Square root: 1 % is already a tenth of the way. */
export function levelOf(weight: number, scale: WeightScale): number {
  const clamped = Math.min(Math.max(weight, 0), 1);
  return Math.round((scale === 'squareRoot' ? Math.sqrt(clamped) : clamped) * (levelCount - 1));
}

/** The weight at a place from 0 to 1 along the scale: what a legend prints there. */
export function weightAtPosition(position: number, scale: WeightScale): number {
  return scale === 'squareRoot' ? position * position : position;
}

/** Where a weight lies along the scale, 0 to 1. */
export function positionOf(weight: number, scale: WeightScale): number {
  return scale === 'squareRoot' ? Math.sqrt(weight) : weight;
}

/**
 * 256 colours, 4 bytes each (red, green, blue, opaque), from the background to its far end: lightness changes evenly
 * (Oklab, Ottosson 2020), the hue is the accent's throughout, and the colour is strongest near the accent's own lightness.
 * On a light background the far end is dark, on a dark one light, so more attention always stands out more.
 */
export function colorScale(background: Rgb, accent: Rgb): Uint8ClampedArray<ArrayBuffer> {
  const from = oklabOf(background);
  const hue = oklabOf(accent);
  const accentChroma = Math.hypot(hue[1], hue[2]);
  const isLight = from[0] > 0.6;
  const fromLightness = isLight ? from[0] : Math.max(from[0], darkestLightness);
  const toLightness = isLight ? 0.22 : 0.97;
  const peak = Math.min(Math.max((hue[0] - fromLightness) / (toLightness - fromLightness), 0.35), 0.65);
  const colors = new Uint8ClampedArray(levelCount * 4);
  for (let level = 0; level < levelCount; level++) {
    const position = level / (levelCount - 1);
    const lightness = fromLightness + (toLightness - fromLightness) * position;
    // Rises to 1 at the peak and falls to 0 at both ends.
    const strength = position < peak ? position / peak : (1 - position) / (1 - peak);
    const chroma = accentChroma * Math.sin((strength * Math.PI) / 2);
    const angle = Math.atan2(hue[2], hue[1]);
    const fade = 1 - position;
    const rgb = rgbOf([
      lightness,
      chroma * Math.cos(angle) + from[1] * fade,
      chroma * Math.sin(angle) + from[2] * fade,
    ]);
    colors.set([...rgb, 255], level * 4);
  }
  colors.set([...background, 255], 0); // no rounding: nothing read looks like the paper itself
  return colors;
}

type Oklab = readonly [lightness: number, a: number, b: number];

function oklabOf([red, green, blue]: Rgb): Oklab {
  const [r, g, b] = [red, green, blue].map(value => {
    const unit = value / 255;
    return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
  });
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

function rgbOf([lightness, a, b]: Oklab): Rgb {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channel = (unit: number) => {
    const encoded = unit <= 0.0031308 ? unit * 12.92 : 1.055 * unit ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(Math.max(encoded, 0), 1) * 255);
  };
  return [
    channel(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    channel(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    channel(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}
