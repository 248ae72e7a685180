using System.Diagnostics;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

public sealed partial class DotNextLog
{
    private readonly Lock _leadershipSync = new();
    private (long Term, CancellationToken Token)? _own;

    private async Task LeadUntilStoppedAsync()
    {
        try
        {
            await LeadAsync();
        }
        catch (Exception e) when (e is UnreachableException or LogDamagedException)
        {
            // The engine, or the log under it, is dead for good.
            _committed.Fail(e);
        }
    }

    /// <summary>Waits for this member's election, then commits a barrier of the new term: only then is everything before it committed and
    /// applied here, and only then does this member say that it leads.</summary>
    private async Task LeadAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var token = await _engine!.WaitForLeadershipAsync(_stop.Token);
            var term = CurrentTerm;
            if (!await CommitBarrierAsync(term, token))
            {
                continue;
            }

            await using (token.Register(PublishLeadership))
            {
                lock (_leadershipSync)
                {
                    _own = (term, token);
                }

                PublishLeadership();
                var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using (token.Register(() => lost.TrySetResult()))
                {
                    await lost.Task.WaitAsync(_stop.Token);
                }
            }
        }
    }

    private long CurrentTerm => _store!.Term;

    private async Task<bool> CommitBarrierAsync(long term, CancellationToken leadership)
    {
        var proposal = _committed.Propose();
        try
        {
            await ReplicateAsync(proposal, term, EntryFrame.WriteBarrier(proposal.Id), _stop.Token);
            return proposal.Outcome is not null && !leadership.IsCancellationRequested;
        }
        catch (Exception e) when (e is NotLeaderException or StoreUnavailableException)
        {
            return false;
        }
        finally
        {
            _committed.Forget(proposal);
        }
    }

    /// <summary>The first round of a new leader only learns where the others' logs end; the second one, which brings them its first entry, would
    /// come a heartbeat later. Called between the engine's change of state and its first round, so the forced round is the second.</summary>
    private void OnLeaderChanged(RaftClusterMember? leader)
    {
        if (leader is { IsRemote: false })
        {
            _ = _engine!.HurryAsync(_stop.Token);
        }

        PublishLeadership();
    }

    private void PublishLeadership()
    {
        Leadership published;
        lock (_leadershipSync)
        {
            published = Observe();
            if (!_leadership.Publish(published))
            {
                return;
            }
        }

        if (published.IsSelf)
        {
            LogLeads(_logger, _options.Self, published.Term);
        }
        else if (published.Leader is { } leader)
        {
            LogFollows(_logger, leader, published.Term);
        }
        else
        {
            LogNoLeader(_logger, published.Term);
        }
    }

    /// <summary>After a step-down the engine goes on naming this member until another one speaks up: its own name counts only with the token.</summary>
    private Leadership Observe()
    {
        if (_committed.Fault is null && Trouble is null && _own is { Token.IsCancellationRequested: false } own)
        {
            return new(own.Term, _options.Self, true);
        }

        return new(CurrentTerm, _engine?.Leader is { IsRemote: true } leader ? NameOf(leader) : null, false);
    }

    private string? NameOf(RaftClusterMember member) => _members!.InForce.List.Find(member.EndPoint)?.Name;
}
