import { type ChartFault, readChart } from "../protocol/chart.ts";
import { type FieldError, type Outcome, refuse } from "../protocol/errors.ts";
import { MAX_SEATS } from "../protocol/limits.ts";
import type { Seat } from "../protocol/resources.ts";

/**
 * The seats of an auditorium's chart, read as `readChart` says. A refusal is `invalid_request` on `chart`, each fault
 * with its line number, counted from 1.
 */
export function parseChart(chart: string): Outcome<{ seats: Seat[] }> {
  const { seats, faults } = readChart(chart);
  if (faults.length > 0) return refuse("invalid_request", "The chart cannot be read", { errors: faults.map(errorOf) });
  return { ok: true, seats };
}

function errorOf(fault: ChartFault): FieldError {
  return { path: "chart", message: `line ${fault.line}: ${textOf(fault)}` };
}

function textOf(fault: ChartFault): string {
  switch (fault.fault) {
    case "label":
      return "begins with a label of 1 to 3 letters (A to Z) and a space";
    case "repeated":
      return `row ${fault.row} is on line ${fault.other} already`;
    case "no-places":
      return `row ${fault.row} has no places`;
    case "place":
      return `"${fault.place}" is not a place; places are s, v, w, c and .`;
    case "too-many":
      return `there are more than ${MAX_SEATS} seats`;
    case "no-seats":
      return "there are no seats";
    default:
      return fault satisfies never;
  }
}
