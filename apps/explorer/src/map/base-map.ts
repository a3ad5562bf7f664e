import { type GeoPermissibleObjects, geoBounds, geoMercator, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import worldAddress from "world-atlas/countries-50m.json?url";
import type { Palette } from "./colors.js";
import type { View } from "./view.js";

interface Country {
  readonly shape: GeoPermissibleObjects;
  readonly bounds: readonly [west: number, south: number, east: number, north: number];
}

let countries: Promise<readonly Country[]> | undefined;

/** The world's countries, from a file of this page; read once, when a map first needs them. */
export function loadCountries(): Promise<readonly Country[]> {
  countries ??= readCountries().catch((error: unknown) => {
    countries = undefined;
    throw error;
  });
  return countries;
}

async function readCountries(): Promise<readonly Country[]> {
  const response = await fetch(worldAddress);
  if (!response.ok)
    throw new Error("The outlines of the countries could not be read; tracks are drawn without them.");
  const topology = (await response.json()) as Parameters<typeof feature>[0];
  const { features } = feature(topology, topology.objects.countries!) as unknown as {
    features: GeoPermissibleObjects[];
  };
  return features.map((shape) => {
    const [[west, south], [east, north]] = geoBounds(shape);
    return { shape, bounds: [west, south, east, north] };
  });
}

/** Land and borders. Pauses after each country: whoever draws may let the page breathe. */
export function* drawCountries(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  all: readonly Country[],
): Generator<void> {
  const middle = view.centerX * 360 - 180;
  const projection = geoMercator()
    .rotate([-middle, 0])
    .scale(view.scale / (2 * Math.PI))
    .translate([view.width / 2, view.height / 2 + (0.5 - view.centerY) * view.scale])
    .clipExtent([
      [-2, -2],
      [view.width + 2, view.height + 2],
    ])
    .precision(0.5);
  const path = geoPath(projection, context);
  const [, minY, , maxY] = view.box;
  const across = (view.width / view.scale) * 180;
  context.fillStyle = palette.land;
  context.strokeStyle = palette.border;
  context.lineWidth = 0.75;
  for (const { shape, bounds } of all) {
    if (!touches(bounds, middle, across, latitudeAt(maxY), latitudeAt(minY))) continue;
    context.beginPath();
    path(shape);
    context.fill();
    context.stroke();
    yield;
  }
}

function latitudeAt(worldY: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * worldY))) * 180) / Math.PI;
}

/** Whether a country's box meets the view: `across` degrees to either side of the middle. */
function touches(
  [west, south, east, north]: Country["bounds"],
  middle: number,
  across: number,
  least: number,
  most: number,
): boolean {
  if (north < least || south > most) return false;
  if (across >= 180) return true;
  const width = west <= east ? east - west : east - west + 360;
  const center = west + width / 2;
  const apart = Math.abs(((((center - middle + 180) % 360) + 360) % 360) - 180);
  return apart <= across + width / 2;
}
