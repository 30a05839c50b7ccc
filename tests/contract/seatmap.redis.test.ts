import { redisAdapter } from "../support/seatmap.ts";
import { seatMapContract } from "./seatmap.contract.ts";

seatMapContract(redisAdapter);
