#!lua flags=allow-oom
-- Gives seats of a session's hold back, or all of them.
--
-- KEYS: 1-8 as in _step.lua; 9 requests of the session
-- ARGV: run, session, request id, payload hash, token ('' = the session's own), seats (3,4,5; 'all')
-- Returns: step + hold, or none
-- Publishes: the change; `expired` to owners of holds that were due
--
-- include _step.lua _holds.lua _open.lua _requests.lua

local first = recall()
if first then return first end

local hold, why = find_hold(SESSION, ARGV[5])
if why then return answer(why) end
if not hold then return accept(nil) end

local given = set_of(ARGV[6] == 'all' and hold.seats or list(ARGV[6]))
for _, index in ipairs(hold.seats) do
  if given[index] then free_seat(index) end
end
hold.seats = without(hold.seats, given)
if #hold.seats > 0 then
  write_hold(hold)
  return accept(hold)
end
drop_hold(hold)
return accept(nil)
