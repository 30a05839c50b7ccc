-- Takes what survived apart and puts it together. Redis (7.0) drops a step that was torn at the end of its log, but
-- leaves the first half of it in the file, for the start after the next: only what holds and bookings say
-- of their seats, each seat once, is believed.
-- Needs: _step.lua, _holds.lua, _bookings.lua

local function mend()
  local seat_count = tonumber(redis.call('HGET', META, 'seats'))
  local shown, holds, bookings, own = {}, {}, {}, {}
  local entries = redis.call('HGETALL', DATA)
  for place = 1, #entries, 2 do
    local field, packed = entries[place], entries[place + 1]
    local kind, id = string.sub(field, 1, 2), string.sub(field, 3)
    if kind == 'b:' then bookings[#bookings + 1] = unpack_booking(id, packed) end
    if kind == 'h:' then holds[#holds + 1] = id end
    if kind == 'o:' then own[id] = packed end
  end

  -- Seats that nobody before has claimed; from now on they are claimed.
  local function unclaimed(seats, state)
    local left = {}
    for _, index in ipairs(seats) do
      if not shown[index] and index < seat_count then left[#left + 1] = index end
    end
    for _, index in ipairs(left) do shown[index] = state end
    return left
  end

  for _, booking in ipairs(bookings) do booking.seats = unclaimed(booking.seats, SHOWN_AS[booking.state]) end
  for place, token in ipairs(holds) do
    local hold = read_hold(token)
    hold.seats = own[hold.session] == token and unclaimed(hold.seats, 'H') or {}
    holds[place] = hold
  end

  redis.call('DEL', HOLDS, DATA, PAYMENTS)
  redis.call('ZADD', HOLDS, '+inf', '')
  redis.call('HSET', DATA, '', '')
  redis.call('ZADD', PAYMENTS, '+inf', '')
  for _, booking in ipairs(bookings) do file_booking(booking, nil) end
  for _, hold in ipairs(holds) do
    if #hold.seats > 0 then write_hold(hold) end
  end

  local states, counts = {}, { A = 0, H = 0, S = 0, B = 0 }
  for index = 0, seat_count - 1 do
    local state = shown[index] or 'A'
    states[index + 1] = state
    counts[state] = counts[state] + 1
  end
  text = table.concat(states)
  count_text = counts.A .. ' ' .. counts.H .. ' ' .. counts.S .. ' ' .. counts.B
  redis.call('SET', STATES, text)
  for index in pairs(lent) do
    if not shown[index] or shown[index] == 'B' then lend(index, nil) end
  end
end
