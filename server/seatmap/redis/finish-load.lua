#!lua
-- Lays the ledger over what survived and opens the map at version 1.
--
-- KEYS: 1-8 as in _step.lua; 9 recorded bookings
-- ARGV: run, epoch that the load began with, bookings as JSON: [[id, version, state, session, deadline, [seats]]]
-- Returns: 1, or 0 when this load was overtaken
-- Publishes: 'reset' on the public channel; `evicted` to owners of holds in the way, `expired` to those
--            whose time was over
--
-- include _step.lua _holds.lua _bookings.lua _mend.lua

if meta[1] ~= ARGV[1] or epoch ~= ARGV[2] then return 0 end
if status == 'open' then return 1 end
mend()
end_due_holds()

local ledger, order = {}, {}
local function note(booking)
  local known = ledger[booking.id]
  if known and known.version >= booking.version then return end
  if not known then order[#order + 1] = booking.id end
  ledger[booking.id] = booking
end

for _, row in ipairs(cjson.decode(ARGV[3])) do
  local id, booking_version, state, session, deadline, seats = unpack(row)
  note({ id = id, version = booking_version, state = state, session = session, deadline = deadline, seats = seats })
end
local recorded = redis.call('HGETALL', KEYS[9])
for place = 1, #recorded, 2 do note(unpack_booking(recorded[place], recorded[place + 1])) end

for index, block in pairs(lent) do
  if not ledger[block] then lend(index, nil) end
end
local filed = redis.call('HGETALL', DATA)
for place = 1, #filed, 2 do
  local field = filed[place]
  if string.sub(field, 1, 2) == 'b:' and not ledger[string.sub(field, 3)] then
    local known = unpack_booking(string.sub(field, 3), filed[place + 1])
    -- Version 0 is a checkout on its way into the ledger: it stays, and becomes overdue if it never gets there.
    if known.version > 0 and #known.seats > 0 then
      known.seats = {}
      lay_seats(known)
    end
  end
end
for _, id in ipairs(order) do lay_seats(ledger[id]) end

write_states()
redis.call('DEL', KEYS[9])
redis.call('HSET', META, 'status', 'open', 'version', 1, 'counts', count_text)
redis.call('PUBLISH', PUBLIC, 'reset')
for _, notice in ipairs(notices) do redis.call('PUBLISH', PRIVATE, notice) end
renew()
return 1
