using Drcm.Consensus.Storage;

namespace Drcm.Simulation.Log;

/// <summary>A member's disk in memory. What was written but not flushed survives the end of the process, but of a loss of power only some
/// sectors of it; names that were not flushed with their directory survive it up to some point.</summary>
internal sealed class SimDisk(Random random)
{
    private const int SectorBytes = 512;
    private const int StoryLines = 150;
    private readonly Lock _sync = new();
    private readonly Dictionary<string, Data> _names = new(StringComparer.Ordinal);
    private readonly List<Action<Dictionary<string, Data>>> _unflushedNames = [];
    private Dictionary<string, Data> _flushedNames = new(StringComparer.Ordinal);
    private readonly Queue<string> _story = new();
    private int _life;

    /// <summary>The newest operations, for a story that ends badly.</summary>
    public IReadOnlyList<string> Story
    {
        get
        {
            lock (_sync)
            {
                return [.. _story];
            }
        }
    }

    /// <summary>Writes are refused: no space.</summary>
    public bool IsFull { get; set; }

    /// <summary>Flushes say that they are done and do nothing: a broken variant.</summary>
    public bool FlushesLie { get; set; }

    /// <summary>The process ends: open files cannot be used any more, what was written stays.</summary>
    public void EndProcess()
    {
        lock (_sync)
        {
            _life++;
            Tell("the process ends");
        }
    }

    public void LosePower()
    {
        lock (_sync)
        {
            _life++;
            Tell("power is lost");
            foreach (var change in _unflushedNames.Take(random.Next(_unflushedNames.Count + 1)))
            {
                change(_flushedNames);
            }

            _unflushedNames.Clear();
            _names.Clear();
            foreach (var (path, data) in _flushedNames)
            {
                data.LosePower(random);
                _names[path] = data;
            }

            _flushedNames = new(_names, StringComparer.Ordinal);
        }
    }

    /// <summary>A new disk in the place of this one.</summary>
    public void Wipe()
    {
        lock (_sync)
        {
            _life++;
            Tell("it is wiped");
            _unflushedNames.Clear();
            _names.Clear();
            _flushedNames.Clear();
        }
    }

    /// <summary>The disk as the process sees it that begins now; when it has ended nothing that it still does reaches the disk.</summary>
    public IStoreFiles BeginProcess()
    {
        lock (_sync)
        {
            return new SimFiles(this, _life);
        }
    }

    private void Tell(string operation)
    {
        if (_story.Count == StoryLines)
        {
            _story.Dequeue();
        }

        _story.Enqueue(operation);
    }

    private void Change(Action<Dictionary<string, Data>> change)
    {
        change(_names);
        _unflushedNames.Add(change);
    }

    private sealed class SimFiles(SimDisk disk, int life) : IStoreFiles
    {
        public IStoreFile Open(string path)
        {
            lock (disk._sync)
            {
                Change($"open {Path.GetFileName(path)}");
                if (!disk._names.TryGetValue(path, out var data))
                {
                    if (disk.IsFull)
                    {
                        throw new IOException("No space left on device");
                    }

                    data = new Data();
                    disk.Change(n => n[path] = data);
                }

                return new SimFile(disk, path, data, life);
            }
        }

        public bool Exists(string path)
        {
            lock (disk._sync)
            {
                return disk._names.ContainsKey(path);
            }
        }

        public void Delete(string path)
        {
            lock (disk._sync)
            {
                Change($"delete {Path.GetFileName(path)}");
                disk.Change(n => n.Remove(path));
            }
        }

        public void Rename(string from, string to)
        {
            lock (disk._sync)
            {
                Change($"rename to {Path.GetFileName(to)}");
                disk.Change(n =>
                {
                    if (n.Remove(from, out var data))
                    {
                        n[to] = data;
                    }
                });
            }
        }

        public void FlushDirectory(string directory)
        {
            lock (disk._sync)
            {
                Change("flush directory");
                if (disk.FlushesLie)
                {
                    return;
                }

                disk._unflushedNames.Clear();
                disk._flushedNames = new(disk._names, StringComparer.Ordinal);
            }
        }

        public IReadOnlyList<string> List(string directory)
        {
            lock (disk._sync)
            {
                return [.. disk._names.Keys.Select(k => Path.GetFileName(k)).Order(StringComparer.Ordinal)];
            }
        }

        private void Change(string operation)
        {
            if (disk._life != life)
            {
                throw new IOException("the process has ended");
            }

            disk.Tell(operation);
        }
    }

    private sealed class Data
    {
        private readonly HashSet<int> _dirty = [];
        private byte[] _bytes = [];
        private byte[] _flushed = [];
        private int _flushedLength;

        public int Length { get; private set; }

        public int Read(Span<byte> buffer, long offset)
        {
            var count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
            _bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset)
        {
            SetLength(Math.Max(Length, offset + buffer.Length));
            buffer.CopyTo(_bytes.AsSpan((int)offset));
            for (var sector = (int)(offset / SectorBytes); sector * SectorBytes < offset + buffer.Length; sector++)
            {
                _dirty.Add(sector);
            }
        }

        public void SetLength(long length)
        {
            if (length > _bytes.Length)
            {
                Array.Resize(ref _bytes, (int)Math.Max(length, _bytes.Length * 2));
            }

            if (length < Length)
            {
                _bytes.AsSpan((int)length, Length - (int)length).Clear();
            }

            Length = (int)length;
        }

        public void Flush()
        {
            Persist(_dirty, Length);
            _dirty.Clear();
        }

        public void LosePower(Random random)
        {
            Persist(_dirty.Where(_ => random.Next(2) == 0), random.Next(2) == 0 ? Length : _flushedLength);
            _dirty.Clear();
            _bytes = (byte[])_flushed.Clone();
            Length = _flushedLength;
        }

        private void Persist(IEnumerable<int> sectors, int length)
        {
            if (length > _flushed.Length)
            {
                Array.Resize(ref _flushed, Math.Max(length, _flushed.Length * 2));
            }

            if (length < _flushedLength)
            {
                _flushed.AsSpan(length, _flushedLength - length).Clear();
            }

            _flushedLength = length;
            foreach (var sector in sectors)
            {
                var start = sector * SectorBytes;
                var count = Math.Min(Math.Min(SectorBytes, length - start), _bytes.Length - start);
                if (count > 0)
                {
                    _bytes.AsSpan(start, count).CopyTo(_flushed.AsSpan(start));
                }
            }
        }
    }

    private sealed class SimFile(SimDisk disk, string path, Data data, int life) : IStoreFile
    {
        private bool _isClosed;

        public string Path => path;

        public long Length
        {
            get
            {
                lock (disk._sync)
                {
                    return data.Length;
                }
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            lock (disk._sync)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                return data.Read(buffer, offset);
            }
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset)
        {
            lock (disk._sync)
            {
                ThrowIfUnusable();
                if (disk.IsFull)
                {
                    throw new IOException("No space left on device");
                }

                data.Write(buffer, offset);
                disk.Tell($"write {System.IO.Path.GetFileName(path)} {offset}+{buffer.Length} {(buffer.Length >= 40 ? Convert.ToHexString(buffer[..40]) : "")} in life {life}");
            }
        }

        public void Flush()
        {
            lock (disk._sync)
            {
                ThrowIfUnusable();
                disk.Tell($"flush {System.IO.Path.GetFileName(path)}");
                if (!disk.FlushesLie)
                {
                    data.Flush();
                }
            }
        }

        public void SetLength(long length)
        {
            lock (disk._sync)
            {
                ThrowIfUnusable();
                data.SetLength(length);
                disk.Tell($"set length {System.IO.Path.GetFileName(path)} {length} in life {life}");
            }
        }

        public void Dispose() => _isClosed = true;

        private void ThrowIfUnusable()
        {
            if (_isClosed || disk._life != life)
            {
                throw new IOException("the process has ended");
            }
        }
    }
}
