// Whose phones there are: people are called by their names, not by numbers.
import { phone } from "../format.js";
import { sim } from "./api.js";
import { useAsked } from "./parts.js";

// useOwners gives a function that names a number's owner, "Kari"; where nobody
// is known it writes the number.
export function useOwners() {
  const phones = useAsked(() => sim("/phones"), []).data?.phones;
  return (number) => phones?.find((p) => p.number === number)?.name.split(" ")[0] || phone(number);
}
