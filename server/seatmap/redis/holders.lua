#!lua flags=allow-oom
-- Who has which seat.
--
-- KEYS: 1-8 as in _step.lua
-- ARGV: run
-- Returns: step + per seat: index, 'hold' or the booking's state, session or booking id, until (0 = no end)
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua _bookings.lua

local said = answer(OK)
local function add(seats, kind, who, until_ms)
  for _, index in ipairs(seats) do
    for _, part in ipairs({ index, kind, who, until_ms }) do said[#said + 1] = part end
  end
end

local entries = redis.call('HGETALL', DATA)
for place = 1, #entries, 2 do
  local kind, id = string.sub(entries[place], 1, 2), string.sub(entries[place], 3)
  if kind == 'h:' then
    local hold = read_hold(id)
    add(hold.seats, 'hold', hold.session, hold.expires)
  elseif kind == 'b:' then
    local booking = unpack_booking(id, entries[place + 1])
    add(booking.seats, booking.state, id, booking.state == 'paying' and booking.deadline or 0)
  end
end
return said
