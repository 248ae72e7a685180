using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Storage;

/// <summary>The entries of the log, the vote and the newest snapshot of one member, on disk. One appender at a time (the engine's, under a lock of its
/// own); any number of readers. What is appended can be read at once and is on stable storage when <see cref="FlushedAsync"/> completes: one
/// thread writes everything that has gathered, flushes once, and wakes all who wait for it.</summary>
internal sealed partial class EntryStore : IDisposable
{
    private readonly StoreOptions _options;
    private readonly IStoreFiles _files;
    private readonly ILogger _logger;

    /// <summary>Guards the files; taken before <see cref="_sync"/>.</summary>
    private readonly Lock _disk = new();

    /// <summary>Guards what is in memory.</summary>
    private readonly Lock _sync = new();
    private readonly Lock _marking = new();
    private readonly List<Segment> _segments = [];
    private readonly TermRuns _terms = new();
    private readonly StoredLists _lists = new();
    private readonly Tail _tail;
    private readonly VoteFile _vote;
    private readonly MarkFile _mark;
    private readonly Thread _writer;
    private StoredSnapshot? _snapshot;
    private long _lastIndex;
    private long _flushedIndex;
    private long _commitIndex;

    private EntryStore(StoreOptions options, IStoreFiles files, ILogger logger)
    {
        (_options, _files, _logger) = (options, files, logger);
        _tail = new(options.TailBytes, options.TailEntries);
        _vote = new(files.Open(PathOf(VoteFile.Name)));
        _mark = new(files.Open(PathOf(MarkFile.Name)));
        _writer = new(WriteUntilClosed) { IsBackground = true, Name = "log writer" };
    }

    /// <summary>Opens what is in the directory, or begins a new store when it is empty.</summary>
    /// <exception cref="LogDamagedException">Something that was acknowledged is not there any more; the message names file and remedy.</exception>
    public static EntryStore Open(StoreOptions options, IStoreFiles files, ILogger? logger = null)
    {
        var store = new EntryStore(options, files, logger ?? NullLogger.Instance);
        try
        {
            store.Load();
        }
        catch
        {
            store.CloseFiles();
            throw;
        }

        store._writer.Start();
        return store;
    }

    public long LastIndex => Volatile.Read(ref _lastIndex);

    /// <summary>The oldest entry that is still there.</summary>
    public long FirstIndex
    {
        get
        {
            lock (_sync)
            {
                return _segments.Count == 0 ? _lastIndex + 1 : _segments[0].FirstIndex;
            }
        }
    }

    public long FlushedIndex => Volatile.Read(ref _flushedIndex);

    /// <summary>Newest index known to be committed, kept across starts as far as it was noted.</summary>
    public long CommitIndex => Volatile.Read(ref _commitIndex);

    /// <summary>The newest snapshot; entries up to its index may be gone.</summary>
    public StoredSnapshot? Snapshot => Volatile.Read(ref _snapshot);

    public long Term => _vote.Term;

    public byte[]? VotedFor => _vote.VotedFor;

    /// <summary>Term and vote, flushed when this returns.</summary>
    /// <exception cref="StoreUnavailableException">The disk refuses writes.</exception>
    public void SaveVote(long term, byte[]? votedFor)
    {
        lock (_disk)
        {
            ThrowIfUnusable();
            try
            {
                _vote.Save(term, votedFor);
            }
            catch (Exception e) when (Refuses(e))
            {
                throw BeginTrouble(e);
            }
            catch (FlushFailedException e)
            {
                throw Break(e);
            }
        }
    }

    /// <summary>0 for index 0 and for what was dropped.</summary>
    public long TermAt(long index)
    {
        lock (_sync)
        {
            return Snapshot is { } s && index == s.Index ? s.Term : index > _lastIndex ? 0 : _terms.TermAt(index);
        }
    }

    /// <summary>The newest member list in the log, committed or not; index 0 when there is none.</summary>
    public (long Index, ReadOnlyMemory<byte> Bytes) NewestList
    {
        get
        {
            lock (_sync)
            {
                return _lists.Newest;
            }
        }
    }

    /// <summary>A list behind <paramref name="floor"/> names the member.</summary>
    public bool HasListWith(string name, long floor)
    {
        lock (_sync)
        {
            return _lists.Any((index, bytes) => index > floor && Membership.MemberList.TryRead(bytes.Span, out var list) && list.Find(name) is not null);
        }
    }

    /// <summary>The member list that stood at an index; index 0 when there was none.</summary>
    public (long Index, ReadOnlyMemory<byte> Bytes) ListAt(long index)
    {
        lock (_sync)
        {
            return _lists.At(index);
        }
    }

    /// <summary>Notes that entries up to here are committed.</summary>
    public void Commit(long index)
    {
        if (index <= CommitIndex)
        {
            return;
        }

        Volatile.Write(ref _commitIndex, index);
        try
        {
            lock (_marking)
            {
                _mark.Save(_mark.FlushedIndex, _mark.FlushedTerm, index);
            }
        }
        catch (Exception e) when (Refuses(e))
        {
            // It is only noted for the next start; the writer will find the trouble.
        }
    }

    public void Dispose()
    {
        if (Volatile.Read(ref _isClosed))
        {
            return;
        }

        Close();
        if (_writer.IsAlive)
        {
            _writer.Join();
        }

        CloseFiles();
        _wake.Dispose();
    }

    private void CloseFiles()
    {
        lock (_disk)
        {
            foreach (var segment in _segments)
            {
                segment.Dispose();
            }

            _vote.Dispose();
            _mark.Dispose();
        }
    }

    private string PathOf(string name) => Path.Combine(_options.Directory, name);
}
