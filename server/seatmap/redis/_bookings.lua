-- Bookings: { id, version, state = paying|sold|blocked, seats, session or '', deadline or 0, hold or nil }.
-- Version 0: a payment began here and the ledger has not spoken yet.
-- Needs: _step.lua, _holds.lua

local SHOWN_AS = { paying = 'H', sold = 'S', blocked = 'B' }

local function pack_booking(booking)
  local hold = booking.hold
  return cmsgpack.pack(booking.version, booking.state, booking.seats, booking.session, booking.deadline, flat(hold))
end

local function unpack_booking(id, packed)
  local booking, hold, csv_of_hold = { id = id }, {}, nil
  booking.version, booking.state, booking.seats, booking.session, booking.deadline,
    hold.token, hold.session, hold.expires, hold.cap, hold.graces, csv_of_hold = cmsgpack.unpack(packed)
  hold.seats = list(csv_of_hold)
  if hold.token ~= '' then booking.hold = hold end
  return booking
end

local function read_booking(id)
  local packed = redis.call('HGET', DATA, 'b:' .. id)
  return packed and unpack_booking(id, packed) or nil
end

local function is_paying(booking)
  return booking ~= nil and booking.state == 'paying' and #booking.seats > 0
end

local function count_paying(booking, by)
  if booking.session == '' then return end
  local field = 'p:' .. booking.session
  if redis.call('HINCRBY', DATA, field, by) <= 0 then redis.call('HDEL', DATA, field) end
end

-- Files what is now known of a booking, in place of what was known before.
local function file_booking(booking, known)
  if is_paying(known) then count_paying(known, -#known.seats) end
  redis.call('HSET', DATA, 'b:' .. booking.id, pack_booking(booking))
  if is_paying(booking) then
    count_paying(booking, #booking.seats)
    redis.call('ZADD', PAYMENTS, booking.deadline, booking.id)
  elseif is_paying(known) then
    redis.call('ZREM', PAYMENTS, booking.id)
  end
end

local function owner_of(index)
  if owners then return owners[index] end
  owners = {}
  local entries = redis.call('HGETALL', DATA)
  for place = 1, #entries, 2 do
    local key, packed = entries[place], entries[place + 1]
    local kind, seats = string.sub(key, 1, 2), nil
    if kind == 'h:' then seats = select(5, cmsgpack.unpack(packed)) end
    if kind == 'b:' then seats = select(3, cmsgpack.unpack(packed)) end
    for _, seat in ipairs(seats or {}) do owners[seat] = key end
  end
  return owners[index]
end

-- Takes one seat from whoever has it, without freeing it. Answers the session if it was a hold.
local function take_seat_from(owner, index)
  local id = string.sub(owner, 3)
  if string.sub(owner, 1, 2) == 'b:' then
    local known, left = read_booking(id), read_booking(id)
    left.seats = without(left.seats, { [index] = true })
    file_booking(left, known)
    return nil
  end
  local hold = read_hold(id)
  hold.seats = without(hold.seats, { [index] = true })
  if #hold.seats == 0 then drop_hold(hold) else write_hold(hold) end
  return hold.session
end

-- Takes a blocked seat from its block, which is remembered; other seats are nobody's.
local function take_over(index)
  if state_of(index) ~= 'B' then return end
  local block = owner_of(index)
  take_seat_from(block, index)
  lend(index, string.sub(block, 3))
end

-- Takes the seats that are not its own yet from whoever has them; answers the sessions that lost some.
local function evict(seats, mine)
  local evicted, told = {}, {}
  for _, index in ipairs(seats) do
    local owner = not mine[index] and state_of(index) ~= 'A' and owner_of(index)
    local is_blocked = owner and state_of(index) == 'B'
    if is_blocked then take_over(index) end
    local session = owner and not is_blocked and take_seat_from(owner, index)
    if session and not told[session] then evicted[#evicted + 1] = session end
    if session then told[session] = true end
  end
  return evicted
end

-- Whether a seat that a block lists is somebody else's: another booking's, or taken over from it.
local function is_away(index, id)
  if lent[index] == id then return true end
  local owner = state_of(index) ~= 'A' and owner_of(index)
  return owner and string.sub(owner, 1, 2) == 'b:' and owner ~= 'b:' .. id
end

-- The seats of a booking that it can own now. A block takes none from other bookings, nor from who has one over it:
-- it gets those back when they are given back, and no others.
local function own_seats(booking)
  local seats, away = {}, {}
  for _, index in ipairs(booking.seats) do
    if state_of(index) then
      if booking.state == 'blocked' and is_away(index, booking.id) then
        away[index] = true
      else
        seats[#seats + 1] = index
      end
    end
  end
  for index, block in pairs(lent) do
    if block == booking.id and not away[index] then lend(index, nil) end
  end
  for index in pairs(away) do lend(index, booking.id) end
  return seats
end

-- Makes a booking own exactly its seats; whoever stands in the way loses them, but see `own_seats`. Unknown seats are
-- passed over.
local function lay_seats(booking)
  local known = read_booking(booking.id)
  local seats = own_seats(booking)
  booking.seats = seats
  if known then
    booking.hold = known.hold
    if booking.session == '' then booking.session = known.session end
    if booking.deadline == 0 then booking.deadline = known.deadline end
  end
  local before = known and known.seats or {}
  local evicted = evict(seats, set_of(before))
  file_booking(booking, known)

  local kept = set_of(seats)
  for _, index in ipairs(before) do
    if not kept[index] then free_seat(index) end
  end
  for _, index in ipairs(seats) do
    set_seat(index, SHOWN_AS[booking.state])
    if owners then owners[index] = 'b:' .. booking.id end
  end
  for _, session in ipairs(evicted) do tell(session, 'evicted') end
  return booking
end

-- What a map that is loading does with the ledger's word: it keeps the highest version for later.
local function record(booking)
  local packed = redis.call('HGET', KEYS[9], booking.id)
  local known = packed and unpack_booking(booking.id, packed)
  if known and known.version >= booking.version then return end
  redis.call('HSET', KEYS[9], booking.id, pack_booking(booking))
  redis.call('PEXPIRE', KEYS[9], redis.call('HGET', META, 'keep'))
end
