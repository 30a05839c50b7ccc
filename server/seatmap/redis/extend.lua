#!lua
-- Lets the time of a session's hold run from now again, never past its cap, never back.
--
-- KEYS: 1-8 as in _step.lua; 9 requests of the session
-- ARGV: run, session, request id, payload hash, ttl ms
-- Returns: step + hold
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua _requests.lua

local first = recall()
if first then return first end

local hold = hold_of(SESSION)
if not hold then return answer(HOLD_EXPIRED) end
prolong(hold, tonumber(ARGV[5]))
write_hold(hold)
return accept(hold)
