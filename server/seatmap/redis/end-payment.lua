#!lua flags=allow-oom
-- Ends a payment that brought nothing: the seats go free, or become the session's hold again. A map that
-- is loading records that the booking owns nothing.
--
-- KEYS: 1-8 as in _step.lua; 9 recorded bookings
-- ARGV: run, booking id, version, and, to give the seats back ('' otherwise): token, session, expires, cap,
--       graces, least time left ms, most graces
-- Returns: step + hold, or none
-- Publishes: the change; `declined` or `expired` to the session; `expired` to owners of holds that were due
--
-- include _step.lua _holds.lua _bookings.lua

local id, booking_version, token, session = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local ended = { id = id, version = booking_version, state = 'paying', session = '', deadline = 0, seats = {} }

if status == 'loading' and meta[1] == ARGV[1] then
  record(ended)
  return { OK, epoch, version, now, '', flat(nil) }
end

-- include _open.lua

-- Makes seats the session's hold again; nil when no more grace can be granted.
local function give_back(seats)
  local expires, cap, graces = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
  local least = now + ARGV[9]
  if expires < least or cap < least then
    if graces >= tonumber(ARGV[10]) then return nil end
    graces, expires, cap = graces + 1, math.max(expires, least), math.max(cap, least)
  end
  local hold = hold_of(session) or { token = token, session = session, expires = 0, cap = 0, graces = 0, seats = {} }
  hold.seats = union(hold.seats, seats)
  hold.expires, hold.cap = math.max(hold.expires, expires), math.max(hold.cap, cap)
  hold.graces = math.max(hold.graces, graces)
  for _, index in ipairs(seats) do
    take_over(index)
    set_seat(index, 'H')
  end
  write_hold(hold)
  return hold
end

local known = read_booking(id)
if known and known.version >= booking_version then return answer(OK, flat(hold_of(session))) end

local seats = is_paying(known) and known.seats or {}
if known then ended.state = known.state end
local told = session ~= '' and session or (known and known.session or '')
lay_seats(ended)
if #seats == 0 then return answer(OK, flat(hold_of(told))) end
local hold = token ~= '' and give_back(seats) or nil
tell(told, hold and 'declined' or 'expired')
return answer(OK, flat(hold))
