import { clusterAdapter } from "../support/seatmap.ts";
import { seatMapContract } from "./seatmap.contract.ts";

seatMapContract(clusterAdapter);
