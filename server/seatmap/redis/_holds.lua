-- Holds: { token, session, expires, cap, graces, seats = ascending indexes }.
-- Needs: _step.lua

local function read_hold(token)
  local packed = redis.call('HGET', DATA, 'h:' .. token)
  if not packed then return nil end
  local session, expires, cap, graces, seats = cmsgpack.unpack(packed)
  return { token = token, session = session, expires = expires, cap = cap, graces = graces, seats = seats }
end

local function hold_of(session)
  local token = redis.call('HGET', DATA, 'o:' .. session)
  return token and read_hold(token) or nil
end

local function write_hold(hold)
  local packed = cmsgpack.pack(hold.session, hold.expires, hold.cap, hold.graces, hold.seats)
  redis.call('HSET', DATA, 'h:' .. hold.token, packed, 'o:' .. hold.session, hold.token)
  redis.call('ZADD', HOLDS, hold.expires, hold.token)
end

local function drop_hold(hold)
  redis.call('HDEL', DATA, 'h:' .. hold.token, 'o:' .. hold.session)
  redis.call('ZREM', HOLDS, hold.token)
end

-- A hold as answers carry it: six values, the token '' where there is none.
local function flat(hold)
  if not hold then return '', '', 0, 0, 0, '' end
  return hold.token, hold.session, hold.expires, hold.cap, hold.graces, csv(hold.seats)
end

-- Tells a session what its hold is now, and why.
local function tell(session, reason)
  if session == '' then return end
  notices[#notices + 1] = cjson.encode({ reason, session, flat(hold_of(session)) })
end

-- The hold a session means: by its token, or ('') its own. Second result: why not.
local function find_hold(session, token)
  if token == '' then return hold_of(session), nil end
  local hold = read_hold(token)
  if not hold then return nil, HOLD_EXPIRED end
  if hold.session ~= session then return nil, FORBIDDEN end
  return hold, nil
end

-- A hold's time runs from now again; it never moves back and never past the cap.
local function prolong(hold, ttl)
  hold.expires = math.max(hold.expires, math.min(now + ttl, hold.cap))
end

local function union(one, other)
  local all, seen = {}, {}
  for _, seats in ipairs({ one, other }) do
    for _, index in ipairs(seats) do
      if not seen[index] then all[#all + 1] = index end
      seen[index] = true
    end
  end
  table.sort(all)
  return all
end

local function without(seats, gone)
  local left = {}
  for _, index in ipairs(seats) do
    if not gone[index] then left[#left + 1] = index end
  end
  return left
end

local function set_of(seats)
  local set = {}
  for _, index in ipairs(seats) do set[index] = true end
  return set
end

local function same(one, other)
  return csv(one) == csv(other)
end

-- Index -> key in `data` of who has the seat, for seats that are not available; read when first needed.
local owners

-- Gives a seat back: to the block that it was taken over from, or to everyone.
local function free_seat(index)
  local id = lent[index]
  if not id then return set_seat(index, 'A') end
  lend(index, nil)
  local packed = redis.call('HGET', DATA, 'b:' .. id)
  local block = packed and { cmsgpack.unpack(packed) }
  if not block or block[2] ~= 'blocked' then return set_seat(index, 'A') end
  block[3] = union(block[3], { index })
  redis.call('HSET', DATA, 'b:' .. id, cmsgpack.pack(unpack(block)))
  set_seat(index, 'B')
  if owners then owners[index] = 'b:' .. id end
end

-- Ends the holds that are due.
local function end_due_holds()
  for _, token in ipairs(redis.call('ZRANGEBYSCORE', HOLDS, '-inf', now)) do
    local hold = read_hold(token)
    drop_hold(hold)
    for _, index in ipairs(hold.seats) do free_seat(index) end
    tell(hold.session, 'expired')
  end
end
