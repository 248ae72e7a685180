using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using DotNext.Threading;
using Drcm.Consensus.Entries;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The engine's write-ahead log with two gaps of version 6.12 closed (docs/engine.md): a follower answers only after its entries are
/// flushed, and an entry of a past term never lands behind entries of a newer one.</summary>
internal sealed class DurableLog(WriteAheadLog.Options options, CommittedEntries committed)
    : WriteAheadLog(options, committed), IAuditTrail<IRaftLogEntry>
{
    private readonly SemaphoreSlim _appending = new(1, 1);

    private long CurrentTerm => ((IPersistentState)this).Term;

    /// <summary>Entries from the leader. Raft, section 5: stable storage is updated before the answer.</summary>
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(
        ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        try
        {
            await _appending.WaitAsync(token);
            try
            {
                await AppendAsync(entries, startIndex, skipCommitted, token);
            }
            finally
            {
                _appending.Release();
            }

            await FlushAsync(token);
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw committed.Fail(e);
        }
    }

    /// <summary>The engine's writer or applier has stopped for good. (A peer that hangs up in the middle of its entries is an IOException.)</summary>
    public static bool IsBroken(Exception e) => e is IntegrityException or PendingTaskInterruptedException;

    /// <summary>An entry of our own. The term is compared under the lock under which a newer leader's entries would have come.</summary>
    async ValueTask<long> IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, CancellationToken token)
    {
        await _appending.WaitAsync(token);
        try
        {
            if (entry.Term != CurrentTerm)
            {
                throw new NotLeaderException();
            }

            if (entry is IInputLogEntry { Context: Proposal proposal })
            {
                proposal.IsWritten = true;
            }

            return await AppendAsync(entry, token);
        }
        finally
        {
            _appending.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _appending.Dispose();
        }

        base.Dispose(disposing);
    }
}
