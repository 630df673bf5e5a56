import { PLACES, type Place } from "./places";
import { useMay } from "@/data/session";

/** The places that this user may see. */
export function usePlaces(): readonly Place[] {
  const may = useMay();
  return PLACES.filter((place) => place.needs === undefined || may(place.needs));
}
