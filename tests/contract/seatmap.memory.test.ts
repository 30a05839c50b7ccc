import { memoryAdapter } from "../support/seatmap.ts";
import { seatMapContract } from "./seatmap.contract.ts";

seatMapContract(memoryAdapter);
