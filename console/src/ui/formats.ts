/** Making a format costs far more than using it, and a table uses the same few in every row. */
function kept<T>(make: (language: string) => T): (language: string) => T {
  const made = new Map<string, T>();
  return (language) => {
    const known = made.get(language) ?? make(language);
    made.set(language, known);
    return known;
  };
}

export const shortTime = kept(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
);

export const fullTime = kept(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" }),
);

export const plainNumber = kept((language) => new Intl.NumberFormat(language));

export const roughNumber = kept(
  (language) => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }),
);

export const compactNumber = kept(
  (language) => new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }),
);

export const share = kept(
  (language) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }),
);

export const SIZE_UNITS = [
  "byte",
  "kilobyte",
  "megabyte",
  "gigabyte",
  "terabyte",
  "petabyte",
] as const;

const sizes = kept((key) => {
  const [language, unit = "", digits] = key.split(" ");
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: unit === SIZE_UNITS[0] ? "long" : "short",
    maximumFractionDigits: Number(digits),
  });
});

/** For figures in one of `SIZE_UNITS`. */
export function byteNumber(language: string, unit: number, digits: 0 | 1): Intl.NumberFormat {
  return sizes(`${language} ${SIZE_UNITS[unit] ?? SIZE_UNITS[0]} ${digits}`);
}
