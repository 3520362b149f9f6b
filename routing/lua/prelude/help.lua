-- Prelude, third part: breaks of a counsellor, leads, and those who call for one. In a counsellor's record: b and e are
-- when a breather and her shift are over, ld says that she leads; q is the ticket of her call, ql the line it is about or
-- nil, and qb the lead who comes or nil.

-- She is neither in a breather nor at the end of a shift any more; the caller keeps her.
local function no_breaks(name, c)
  if c.b then undue('breath:' .. name) end
  if c.e then undue('shift:' .. name) end
  c.b, c.e = nil, nil
end

-- A breather begins: she is not rung until it is over; the caller keeps her.
local function breathe(name, c, s)
  c.b = now + s + 1
  due('breath:' .. name, s)
end

-- Everybody who leads at a desk or calls (kind l or c).
local function help_of(kind)
  local out = {}
  for _, m in ipairs(prefix(HELP, kind, 0, -1)) do out[#out + 1] = string.sub(m, #kind + 2) end
  return out
end

-- Leads hear who calls, and who calls hears whether there are leads.
local function wake_help()
  for _, kind in ipairs({'l', 'c'}) do
    for _, name in ipairs(help_of(kind)) do
      local c = counsellor_of(name)
      if c then wake_desk(name, c) end
    end
  end
end

-- A lead came to a desk, or left it.
local function lead_at(name, there)
  local n
  if there then n = call('ZADD', HELP, 0, 'l:' .. name) else n = call('ZREM', HELP, 'l:' .. name) end
  if n == 1 then wake_help() end
end

-- A call is over; the caller keeps her.
local function hush(name, c)
  if not c.q then return end
  c.q, c.ql, c.qb = nil, nil, nil
  undue('call:' .. name)
  call('ZREM', HELP, 'c:' .. name)
  wake_help()
end

-- Those to whom a lead said that she comes call again.
local function comes_not(lead)
  for _, name in ipairs(help_of('c')) do
    local c = counsellor_of(name)
    if c and c.q and c.qb == lead then
      c.qb = nil
      keep_counsellor(name, c)
    end
  end
  wake_help()
end

-- Does she answer this line?
local function on_line(c, line)
  for _, l in ipairs(c.L) do
    if l == line then return true end
  end
  return false
end

-- Are two lines both for practice, or neither?
local function alike(a, b, practice)
  local x, y = false, false
  for _, l in ipairs(practice) do
    x, y = x or l == a, y or l == b
  end
  return x == y
end
