using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Tests.Storage;

/// <summary>Real files, whose writes and flushes are noted, and refused on demand.</summary>
internal sealed class WatchedFiles : IStoreFiles
{
    private readonly DiskFiles _disk = new();
    private readonly Lock _sync = new();
    private readonly List<string> _notes = [];
    private int _openFiles;

    /// <summary>Thrown by every write while it is set.</summary>
    public Func<Exception>? WriteFails { get; set; }

    /// <summary>Asked before each change that is not a flush, with what would be noted; what it gives is thrown.</summary>
    public Func<string, Exception?>? Refuses { get; set; }

    /// <summary>Thrown by every flush of a file while it is set.</summary>
    public Func<Exception>? FlushFails { get; set; }

    /// <summary>A flush says that it is done and does nothing.</summary>
    public bool FlushesLie { get; set; }

    /// <summary>What was done, in order: "write NAME", "flush NAME", and what the test adds.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_sync)
            {
                return [.. _notes];
            }
        }
    }

    /// <summary>Files that were opened and not closed.</summary>
    public int OpenFiles => Volatile.Read(ref _openFiles);

    public void Note(string what)
    {
        lock (_sync)
        {
            _notes.Add(what);
        }
    }

    public IStoreFile Open(string path)
    {
        var file = new WatchedFile(this, _disk.Open(path));
        Interlocked.Increment(ref _openFiles);
        return file;
    }

    public bool Exists(string path) => _disk.Exists(path);

    public void Delete(string path)
    {
        Change($"delete {Path.GetFileName(path)}");
        _disk.Delete(path);
    }

    public void Rename(string from, string to)
    {
        Change($"rename {Path.GetFileName(to)}");
        _disk.Rename(from, to);
    }

    public void FlushDirectory(string directory)
    {
        Note("flush directory");
        _disk.FlushDirectory(directory);
    }

    private void Change(string what)
    {
        if (Refuses?.Invoke(what) is { } refusal)
        {
            throw refusal;
        }

        Note(what);
    }

    public IReadOnlyList<string> List(string directory) => _disk.List(directory);

    private sealed class WatchedFile(WatchedFiles owner, IStoreFile file) : IStoreFile
    {
        private bool _isClosed;

        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> buffer, long offset)
        {
            if (owner.WriteFails is { } fails)
            {
                throw fails();
            }

            owner.Change($"write {System.IO.Path.GetFileName(Path)}");
            file.Write(buffer, offset);
        }

        public void Flush()
        {
            if (owner.FlushFails is { } fails)
            {
                throw fails();
            }

            if (!owner.FlushesLie)
            {
                file.Flush();
                owner.Note($"flush {System.IO.Path.GetFileName(Path)}");
            }
        }

        public void SetLength(long length)
        {
            owner.Change($"set length {System.IO.Path.GetFileName(Path)}");
            file.SetLength(length);
        }

        public void Dispose()
        {
            file.Dispose();
            if (!_isClosed)
            {
                _isClosed = true;
                Interlocked.Decrement(ref owner._openFiles);
            }
        }
    }
}
