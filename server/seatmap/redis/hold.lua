#!lua
-- Gives a session free seats, all or none, in a new hold or the one it has.
--
-- KEYS: 1-8 as in _step.lua; 9 requests of the session
-- ARGV: run, session, request id, payload hash, token ('' = the session's own), token of a new hold,
--       ttl ms, cap ms, most seats unpaid, seats (ascending, 3,4,5)
-- Returns: step + hold; seat_taken + taken seats
-- Publishes: the change; `expired` to owners of holds that were due
--
-- include _step.lua _holds.lua _open.lua _requests.lua

local function is_free(index)
  return state_of(index) == 'A'
end

local function take(index)
  set_seat(index, 'H')
end

-- include _take.lua
