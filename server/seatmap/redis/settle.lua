#!lua flags=allow-oom
-- Applies what the ledger says of one booking, unless as much or more is known of it. A map that is
-- loading records it.
--
-- KEYS: 1-8 as in _step.lua; 9 recorded bookings
-- ARGV: run, booking id, version, state, session or '', deadline or 0, seats (ascending, 3,4,5)
-- Returns: step
-- Publishes: the change; `evicted` to owners of holds in the way, `sold` to the session that paid,
--            `expired` to owners of holds that were due
--
-- include _step.lua _holds.lua _bookings.lua

local booking = {
  id = ARGV[2], version = tonumber(ARGV[3]), state = ARGV[4], session = ARGV[5], deadline = tonumber(ARGV[6]),
  seats = list(ARGV[7]),
}
if status == 'loading' and meta[1] == ARGV[1] then
  record(booking)
  return { OK, epoch, version, now, '' }
end

-- include _open.lua

local known = read_booking(booking.id)
if known and known.version >= booking.version then return answer(OK) end
lay_seats(booking)
if is_paying(known) and booking.state == 'sold' and #booking.seats > 0 then tell(booking.session, 'sold') end
return answer(OK)
