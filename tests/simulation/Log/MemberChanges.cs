using Drcm.Consensus;

namespace Drcm.Simulation.Log;

/// <summary>One member after the other loses its disk: it is taken out, comes back empty, and is added again, while everything else goes on. One step at each call; what a
/// leader does for it goes on meanwhile.</summary>
/// <param name="forgets">A broken variant: the member comes back with an empty disk as if nothing had happened.</param>
internal sealed class MemberChanges(Random random, SimNetwork network, IReadOnlyList<SimMember> members, History history, bool forgets)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private int _committed;
    private SimMember? _replaced;
    private bool _isOut;
    private Task<long> _changing = Task.FromResult(0L);

    /// <summary>Members added or taken out.</summary>
    public int Committed => Volatile.Read(ref _committed);

    public async Task NextAsync()
    {
        if (!_changing.IsCompleted)
        {
            return;
        }

        var index = await _changing;
        _changing = Task.FromResult(0L);
        switch (_replaced)
        {
            case null:
                _replaced = members[random.Next(members.Count)];
                _isOut = false;
                if (forgets)
                {
                    await ReplaceDiskAsync(_replaced, null);
                    _replaced = null;
                }
                else
                {
                    _changing = AskAsync($"take out {_replaced.Name}", (l, c) => l.RemoveMemberAsync(_replaced.Name, c));
                }

                break;
            case { } member when !_isOut && index > 0:
                await ReplaceDiskAsync(member, index);
                _isOut = true;
                break;
            case { } member when _isOut && index == 0:
                _changing = AskAsync($"add {member.Name}", (l, c) => l.AddMemberAsync(member.Member, c));
                break;
            default:
                _replaced = null;
                break;
        }
    }

    /// <summary>Everybody is a member again; a change whose outcome is unknown may have left one out.</summary>
    /// <param name="commit">An entry, so that the leader's list is the one that counts: a change that is only in its log is committed with it, and a leader that was deposed is
    /// not asked.</param>
    public async Task CompleteAsync(Func<CancellationToken, Task> commit, CancellationToken cancellationToken)
    {
        await _changing;
        await commit(cancellationToken);
        foreach (var member in members)
        {
            while (!IsMember(member) && await AskAsync($"add {member.Name}", (l, c) => l.AddMemberAsync(member.Member, c)) == 0)
            {
                await Task.Delay(5, cancellationToken);
            }
        }
    }

    private bool IsMember(SimMember member) => members.FirstOrDefault(m => m.Log?.Leadership.IsSelf == true)?.Log?.Members.Contains(member.Member) == true;

    private async Task ReplaceDiskAsync(SimMember member, long? floor)
    {
        history.Note($"{member.Name} loses its disk");
        member.Disk.EndProcess();
        network.Leave(member.Name);
        await member.StopAsync();
        member.Disk.Wipe();
        member.JoinFloor = floor;
        member.Disk.IsFull = false;
        await member.StartAsync();
    }

    /// <returns>The index of the list when it is committed, else 0.</returns>
    private async Task<long> AskAsync(string what, Func<IReplicatedLog, CancellationToken, ValueTask<AppendOutcome>> change)
    {
        if (members.FirstOrDefault(m => m.Log?.Leadership.IsSelf == true) is not { Log: { } leader } asked)
        {
            return 0;
        }

        using CancellationTokenSource patience = new(Patience);
        try
        {
            var outcome = await change(leader, patience.Token);
            history.Note($"{asked.Name} is asked to {what}: {outcome.Status} at {outcome.Index} {outcome.Reason}");
            Interlocked.Add(ref _committed, outcome.Status == AppendStatus.Committed ? 1 : 0);
            return outcome.Status == AppendStatus.Committed ? Math.Max(outcome.Index, 1) : 0;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or LogDamagedException)
        {
            history.Note($"{asked.Name} was asked to {what}: unknown");
            return 0;
        }
    }
}
