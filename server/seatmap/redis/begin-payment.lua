#!lua
-- Turns a whole hold into seats being paid for by a booking.
--
-- KEYS: 1-8 as in _step.lua
-- ARGV: run, session, token, seats (ascending, 3,4,5), booking id, payment window ms
-- Returns: step + the hold as it was + deadline
-- Publishes: `paying` to the session; changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua _bookings.lua

local session, token, named, id = ARGV[2], ARGV[3], list(ARGV[4]), ARGV[5]

local known = read_booking(id)
if known then
  local before = known.hold
  if not is_paying(known) or not before then return answer(HOLD_EXPIRED) end
  if before.session ~= session then return answer(FORBIDDEN) end
  if before.token ~= token then return answer(HOLD_EXPIRED) end
  if not same(before.seats, named) then return answer(LINES_MISMATCH) end
  local deadline = known.deadline
  local said = answer(OK, flat(before))
  said[#said + 1] = deadline
  return said
end

local hold, why = find_hold(session, token)
if why then return answer(why) end
if not hold then return answer(HOLD_EXPIRED) end
if not same(hold.seats, named) then return answer(LINES_MISMATCH) end

drop_hold(hold)
local deadline = now + ARGV[6]
local booking = {
  id = id, version = 0, state = 'paying', seats = hold.seats, session = session, deadline = deadline, hold = hold,
}
file_booking(booking, nil)
for _, index in ipairs(hold.seats) do set_seat(index, 'H') end
tell(session, 'paying')
local said = answer(OK, flat(hold))
said[#said + 1] = deadline
return said
