using Drcm.Consensus;
using Drcm.Node.Loop;
using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.Audit;

/// <summary>Takes committed entries from the beginning of what the log still has, skips those that are written, and writes the others: rows and the index up
/// to which they reach in one transaction. What the log no longer has is recorded as a gap. Single-threaded.</summary>
internal sealed class AuditProjector : IDisposable
{
    public const string AppliedKey = "applied_index";

    private readonly AuditDatabase _database;
    private readonly TimeProvider _wallClock;
    private readonly AuditRows _rows;
    private readonly Statement _termOf;
    private readonly OpenRows _known;
    /// <summary>What the log's entries came to so far, while they are those that are written.</summary>
    private ClusterState _replayed = ClusterState.Empty;
    private AuditTrail? _trail;
    private bool _isWriting;

    /// <exception cref="AuditDamagedException">What is stored cannot be read.</exception>
    /// <exception cref="SqliteException">Damaged, or the disk refuses.</exception>
    public AuditProjector(AuditDatabase database, TimeProvider wallClock)
    {
        _database = database;
        _wallClock = wallClock;
        _rows = new AuditRows(database);
        _termOf = new Statement(database.Connection, $"select term from events where id between ?1 and ?1 + {AuditSchema.OrdinalsPerEntry - 1} limit 1");
        Applied = Committed = new LogIndex(database.Number(AppliedKey));
        _known = OpenRowsReader.Read(database.Connection);
        if (Applied == LogIndex.None) _trail = new AuditTrail(ClusterState.Empty, _known);
    }

    /// <summary>Newest entry that is written, committed or in the open transaction.</summary>
    public LogIndex Applied { get; private set; }

    /// <summary>Newest entry in a committed transaction.</summary>
    public LogIndex Committed { get; private set; }

    /// <summary>The projection at <see cref="Applied"/>; null until the log has been read up to there.</summary>
    public ClusterState? State => _trail?.State;

    /// <summary>Rows of the open transaction.</summary>
    public int RowsWaiting => _rows.Count;

    /// <summary>What was open did not agree with the log, and does now.</summary>
    public bool Mended { get; private set; }

    /// <summary>Gaps found since it was made.</summary>
    public int Gaps { get; private set; }

    /// <summary>The next entry of the log, in its order.</summary>
    /// <exception cref="AuditDamagedException">The stored rows are of another log.</exception>
    public void Take(CommittedEntry entry)
    {
        if (entry.IsSnapshot) TakeSnapshot(entry);
        else if (_trail is null && entry.Index <= Applied.Value) Replay(entry);
        else Append(entry);
    }

    /// <summary>A script has ended here.</summary>
    public void Take(ScriptRunRow row)
    {
        Begin();
        _rows.Ran(row);
    }

    /// <summary>Ends the transaction, if there is one.</summary>
    /// <returns>Rows that it wrote.</returns>
    public int Commit()
    {
        if (!_isWriting) return 0;
        _database.Set(AppliedKey, Applied.Value);
        _database.Commit();
        _isWriting = false;
        Committed = Applied;
        return _rows.TakeCount();
    }

    public void Dispose()
    {
        _termOf.Dispose();
        _rows.Dispose();
    }

    private void Replay(CommittedEntry entry)
    {
        if (_termOf.With(1, entry.Index * AuditSchema.OrdinalsPerEntry).Number() is { } term && term != entry.Term)
            throw new AuditDamagedException($"entry {entry.Index} is stored with term {term}; this node's log has it with term {entry.Term}");
        _replayed = Transition.Apply(_replayed, new LogIndex(entry.Index), EventCodec.Decode(entry.Payload)).State;
        if (entry.Index == Applied.Value) GoOn();
    }

    private void TakeSnapshot(CommittedEntry entry)
    {
        var state = LogCompaction.Restore(entry);
        if (_trail is null && state.Version <= Applied)
        {
            _replayed = state;
            if (state.Version == Applied) GoOn();
            return;
        }
        if (state.Version <= Applied) return;
        Begin();
        _rows.Gap(
            new LogIndex(Applied.Value + 1), state.Version, _wallClock.GetUtcNow(),
            Applied == LogIndex.None
                ? "this node's log begins with a snapshot: what came before is on the nodes that were there"
                : "the log was compacted, or this node fell far behind, before these events were written here");
        // Whatever the trail knew is in the tables, this transaction's rows as well.
        _trail = AuditTrail.Resume(state, OpenRowsReader.Read(_database.Connection), _rows);
        Applied = state.Version;
        Gaps++;
    }

    private void Append(CommittedEntry entry)
    {
        if (_trail is null)
        {
            throw new AuditDamagedException(
                $"rows are stored up to entry {Applied}; this node's log goes on at {entry.Index} and does not have that one");
        }
        if (entry.Index <= Applied.Value) return;
        Begin();
        _trail.Apply(new LogIndex(entry.Index), new Term(entry.Term), EventCodec.Decode(entry.Payload), _rows);
        Applied = _trail.State.Version;
    }

    private void GoOn()
    {
        // A row that was changed by another hand than ours.
        if (_known.Differences(_replayed).Any())
        {
            Begin();
            _trail = AuditTrail.Resume(_replayed, _known, _rows);
            Mended = true;
        }
        else
        {
            _trail = new AuditTrail(_replayed, _known);
        }
        _replayed = ClusterState.Empty;
    }

    private void Begin()
    {
        if (_isWriting) return;
        _database.Begin();
        _isWriting = true;
    }
}
