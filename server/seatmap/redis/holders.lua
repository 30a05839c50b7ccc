#!lua flags=allow-oom
-- Who has which seat.
--
-- KEYS: 1-9 as in _step.lua
-- ARGV: run
-- Returns: step + per seat: index, 'hold' or the booking's state, session or booking id, until (0 = no end)
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua _bookings.lua

local said = answer(OK)
local entries, known = redis.call('HGETALL', HOLDERS), {}
for place = 1, #entries, 2 do
  local index, holder = entries[place], entries[place + 1]
  if index ~= '' then
    local who = known[holder]
    if not who then
      local id = string.sub(holder, 3)
      if string.sub(holder, 1, 2) == 'h:' then
        local hold = read_hold(id)
        who = { 'hold', hold.session, hold.expires }
      else
        local booking = read_booking(id)
        who = { booking.state, id, booking.state == 'paying' and booking.deadline or 0 }
      end
      known[holder] = who
    end
    said[#said + 1] = index
    for part = 1, 3 do said[#said + 1] = who[part] end
  end
end
return said
