// Writing numbers for readers.

// Ten to a whole power, as 10⁻³.
export const powerOfTen = (exponent) =>
  `10${String(exponent).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)])}`;

// Three digits, plain where that can be read: 0.0312, 12.4, 3.1·10⁻⁷. "–" where there is no number.
export function write(number) {
  if (number === null || number === undefined || Number.isNaN(number)) return "–";
  const size = Math.abs(number);
  if (size === 0) return "0";
  if (size >= 1e5 || size < 1e-3) {
    const [digits, exponent] = number.toExponential(1).split("e");
    return `${digits.replace("-", "−")}·${powerOfTen(Number(exponent))}`;
  }
  const decimals = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(size))));
  return number.toFixed(decimals).replace("-", "−");
}

// The same without zeros at its end, for axes and sliders.
export const writeShort = (number) =>
  write(number)
    .replace(/(\.\d*?)0+(?=·|$)/, "$1")
    .replace(/\.(?=·|$)/, "");
