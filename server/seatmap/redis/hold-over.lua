#!lua
-- As `hold`, for sessions that may have blocked seats, too. Apart from it, so that others don't pay for it.
--
-- KEYS: 1-8 as in _step.lua; 9 requests of the session
-- ARGV: run, session, request id, payload hash, token ('' = the session's own), token of a new hold,
--       ttl ms, cap ms, most seats unpaid, seats (ascending, 3,4,5)
-- Returns: step + hold; seat_taken + taken seats
-- Publishes: the change; `expired` to owners of holds that were due
--
-- include _step.lua _holds.lua _open.lua _requests.lua _bookings.lua

local function is_free(index)
  local state = state_of(index)
  return state == 'A' or state == 'B'
end

local function take(index)
  take_over(index)
  set_seat(index, 'H')
end

-- include _take.lua
