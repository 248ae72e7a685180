using DotNext.IO.Log;
using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

/// <content>Terms, votes, and what a leader writes itself. An exception out of the first two ends the engine for good, and one out of a new leader's first
/// entry leaves it a candidate for ever: while the disk refuses, they wait.</content>
internal sealed partial class EngineLog
{
    async ValueTask<long> IPersistentState.IncrementTermAsync(ClusterMemberId member, CancellationToken token)
    {
        var term = _store.Term + 1;
        await SaveVoteAsync(term, BytesOf(member), token);
        return term;
    }

    ValueTask IPersistentState.UpdateTermAsync(long term, bool resetLastVote, CancellationToken token) =>
        SaveVoteAsync(term, resetLastVote ? null : _store.VotedFor, token);

    ValueTask IPersistentState.UpdateVotedForAsync(ClusterMemberId member, CancellationToken token) =>
        SaveVoteAsync(_store.Term, BytesOf(member), token);

    /// <summary>The leader's own entry. It is flushed while the others are asked: a commit waits for both.</summary>
    async ValueTask<long> IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, CancellationToken token)
    {
        while (true)
        {
            try
            {
                return await AppendOwnAsync(entry, token);
            }
            catch (StoreUnavailableException) when (entry is EmptyLogEntry)
            {
                await _store.UsableAsync(token);
            }
        }
    }

    /// <summary>Its term is compared under the lock under which a newer leader's entries would come.</summary>
    private async ValueTask<long> AppendOwnAsync<TEntry>(TEntry entry, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        await _appending.WaitAsync(token);
        try
        {
            if (entry.Term != _store.Term)
            {
                throw new NotLeaderException();
            }

            var payload = await PayloadOfAsync(entry, token);
            var index = _store.Append(entry.Term, KindOf(entry), entry.CommandId, payload);
            if (entry is IInputLogEntry { Context: Proposal proposal })
            {
                proposal.IsWritten = true;
            }
            else if (entry.IsConfiguration)
            {
                ListsChanged?.Invoke();
            }

            return index;
        }
        finally
        {
            _appending.Release();
        }
    }

    /// <summary>The engine calls under its lock for changes of state: until this ends the member neither votes nor follows.</summary>
    private async ValueTask SaveVoteAsync(long term, byte[]? votedFor, CancellationToken token)
    {
        while (true)
        {
            try
            {
                _store.SaveVote(term, votedFor);
                return;
            }
            catch (StoreUnavailableException)
            {
                await _store.UsableAsync(token);
            }
        }
    }
}
