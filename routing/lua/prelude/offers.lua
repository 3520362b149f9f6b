-- Prelude, second part: who is rung for which chat.

local function declined(r, name, c)
  local x = r.x and r.x[name]
  return x and x[1] > c.r and x[2] > now
end

-- Is a handover not hers to take: she hands over herself, or it is for another by name?
local function not_hers(r, name) return r.of ~= nil and (r.fr == name or r.n ~= nil and r.n ~= name) end

-- The counsellor whom a chat waits for by a return code, or a handover by name, while she is on duty for it and did not
-- decline it.
local function kept_for(r)
  local c = r.n and counsellor_of(r.n)
  if not c or c.s ~= 'ready' or c.k == '' or declined(r, r.n, c) then return nil end
  local line, lang = false, false
  for _, l in ipairs(c.L) do line = line or l == r.l end
  for _, g in ipairs(c.G) do lang = lang or g == r.g end
  return line and lang and c or nil
end

-- Is she passed over for this chat: by a decline that still holds, or because it waits for another?
local function passed(r, name, c)
  if declined(r, name, c) or not_hers(r, name) then return true end
  return r.n ~= nil and r.n ~= name and kept_for(r) ~= nil
end

local function pass_over(chat, r, name, s)
  r.x = r.x or {}
  r.x[name] = {call('INCR', TICKETS), now + s + 1}
  due('pass:' .. chat, s)
end

local function ring(chat, r, name, c)
  local id = table.remove(ids)
  call('ZREM', WAITING, place(chat, r))
  r.s, r.f, r.o = 'o', id, name
  keep(chat, r)
  call('HSET', OFFERS, id, 'r:' .. chat .. ':' .. name)
  due('ring:' .. id, tonumber(ARGV[2]))
  c.f, c.h = id, c.h + 1
  keep_counsellor(name, c)
  wake_lines()
  return id
end

-- Takes the ring of a chat away from the counsellor it rings at.
local function unring(r)
  local name, c = r.o, counsellor_of(r.o)
  call('HDEL', OFFERS, r.f)
  undue('ring:' .. r.f)
  r.f, r.o = nil, nil
  if c then
    c.f, c.h = '', c.h - 1
    keep_counsellor(name, c)
  end
  return name, c
end

-- The first chat of a line and language, from class on, that she is not passed over for (take ignores passes).
local function first(line, lang, class, name, c, take)
  local lo, hi, offset = '[' .. line .. ':' .. lang .. ':' .. class, '(' .. line .. ':' .. lang .. ';', 0
  while true do
    local found = call('ZRANGEBYLEX', WAITING, lo, hi, 'LIMIT', offset, 4)
    if #found == 0 then return nil end
    for _, m in ipairs(found) do
      local k, t, chat = string.match(m, ':(%d):(%d+):([^:]*)$')
      local r = chat_of(chat)
      if r and (take and not not_hers(r, name) or not take and not passed(r, name, c)) then return {chat = chat, r = r, c = tonumber(k), t = tonumber(t)} end
    end
    offset = offset + #found
  end
end

-- The chat that a counsellor with room is to be offered: places kept from before first, then urgent ones, but no more
-- than three of these in a row past somebody who waits longer than the line's target, in whatever language of hers;
-- the oldest ticket within.
local function next_for(name, c, take)
  local best, late
  for _, l in ipairs(c.L) do
    local head, past
    for _, g in ipairs(c.G) do
      local h = first(l, g, 0, name, c, take)
      local n = h and (h.c == 2 and h or h.c == 1 and first(l, g, 2, name, c, take))
      if h and (not head or h.c < head.c or h.c == head.c and h.t < head.t) then head = h end
      if n and now - n.r.a > n.r.w and (not past or n.t < past.t) then past = n end
    end
    if not head or head.c ~= 1 then past = nil end
    if past and tonumber(call('HGET', STREAK, l) or 0) >= 3 then head, past = past, nil; head.c = 1 end
    if head and (not best or head.c < best.c or head.c == best.c and head.t < best.t) then best, late = head, past end
  end
  if not best then return nil end
  if late then
    call('HINCRBY', STREAK, best.r.l, 1)
  else
    call('HDEL', STREAK, best.r.l)
  end
  return best
end

local function serve_counsellor(name, c)
  if #ids == 0 or c.wasfree == '' then return end
  local h = next_for(name, c, false)
  if h then ring(h.chat, h.r, name, c) end
end

-- Has this fallen due? Two nodes may sweep at once, and a deadline may have been moved.
local function fallen(member)
  local at = tonumber(call('ZSCORE', DUE, member) or now + 1)
  return at <= now
end

-- Has everybody on duty who could take this chat been passed over for it?
local function all_passed(r)
  local any = false
  for _, m in ipairs(prefix(DUTY, r.l, 0, -1)) do
    local name = string.sub(m, #r.l + 2)
    local c = counsellor_of(name)
    if c and c.k ~= '' then
      for _, g in ipairs(c.G) do
        if g == r.g then
          if not passed(r, name, c) then return false end
          any = true
        end
      end
    end
  end
  return any
end

-- Offers a chat in line to the best free counsellor, if there is one.
local function serve_chat(chat, r)
  if #ids == 0 then return end
  local hers = kept_for(r)
  if hers then
    if hers.wasfree ~= '' then ring(chat, r, r.n, hers) end
    return
  end
  if r.of and r.n then return end
  local p, offset = r.l .. ':' .. r.g, 0
  while true do
    local found = prefix(FREE, p, offset, 4)
    if #found == 0 then break end
    for _, m in ipairs(found) do
      local name = string.match(m, ':([^:]*)$')
      local c = counsellor_of(name)
      if c and not passed(r, name, c) then return ring(chat, r, name, c) end
    end
    offset = offset + #found
  end
  if offset > 0 and r.x and next(r.x) and all_passed(r) then
    r.x = nil
    keep(chat, r)
    for _, m in ipairs(prefix(FREE, p, 0, 8)) do -- an older chat may have come back meanwhile: each gets her oldest
      local name = string.match(m, ':([^:]*)$')
      serve_counsellor(name, counsellor_of(name))
    end
  end
end

-- Puts a chat in line at its ticket; serve_chat or serve_counsellor follows.
local function queue(chat, r)
  if r.s == 'h' then call('ZREM', DOWN, place(chat, r)) end
  r.s = 'w'
  keep(chat, r)
  call('ZADD', WAITING, 0, place(chat, r))
  wake_lines()
end

-- How long the one longest in line has waited, in s, by the heads of each language and class of a line {line, lang, ...}.
local function oldest_wait(l)
  local s = 0
  for i = 2, #l do
    for class = 0, 2 do
      local m = prefix(WAITING, l[1] .. ':' .. l[i] .. ':' .. class, 0, 1)[1]
      local r = m and chat_of(string.match(m, ':([^:]*)$'))
      if r then s = math.max(s, now - r.a) end
    end
  end
  return s
end

-- How many stand before a chat in line, over all languages of its line; -1 where it is not in line.
local function ahead(chat, r, langs)
  if r.s ~= 'w' then return -1 end
  local n = 0
  for _, g in ipairs(langs) do
    local p = r.l .. ':' .. g
    local to = g == r.g and place(chat, r) or string.format('%s:%d:%012d', p, r.c, r.t)
    n = n + call('ZLEXCOUNT', WAITING, '[' .. p .. ':', '(' .. to)
  end
  return n
end

