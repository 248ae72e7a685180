using System.Net;
using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Storage;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Engines.DotNext;

public sealed partial class DotNextLog
{
    /// <summary>A node that is asked to join, and comes no nearer to the end of the log for so long, is given up.</summary>
    private static readonly TimeSpan NoProgressMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CatchUpPause = TimeSpan.FromMilliseconds(20);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _peersSync = new();
    private IReadOnlyDictionary<string, IPEndPoint> _peers = new Dictionary<string, IPEndPoint>();
    private EngineMembers? _members;

    /// <inheritdoc/>
    public LogRole Role => Members.Any(m => m.Name == _options.Self) ? LogRole.Voter : LogRole.Learner;

    /// <inheritdoc/>
    public IReadOnlyList<LogMember> Members => _members?.Committed.Members ?? [];

    /// <summary>Index of the newest entry here, committed or not.</summary>
    internal long LastIndex => _store?.LastIndex ?? 0;

    /// <summary>Index of the newest list here that is known to be committed; 0 for that of the beginning.</summary>
    internal long CommittedListIndex => _store?.ListAt(_store.CommitIndex).Index ?? 0;

    /// <summary>Index of the newest list here, committed or not.</summary>
    internal long NewestListIndex => _store?.NewestList.Index ?? 0;

    /// <summary>What can be read here goes up to this index.</summary>
    internal long AppliedIndex => _committed.AppliedIndex;

    /// <summary>A list here, of the beginning or in the log, has or had this member.</summary>
    internal bool WasMember => _members?.WasMember(_options.Self) == true;

    /// <summary>It was a member, and a committed list has it no more.</summary>
    internal bool IsTakenOut => _members?.IsTakenOut(_options.Self) == true;

    /// <summary>The newest list in the log here has this member.</summary>
    internal bool IsInForce => _members?.InForce.List.Find(_options.Self) is not null;

    /// <summary>From now on frames and requests can go to these nodes, and to the members of the log anyway; at first to the members alone.</summary>
    public void SetPeers(IReadOnlyDictionary<string, IPEndPoint> peers)
    {
        lock (_peersSync)
        {
            _peers = peers;
        }

        ConnectPeers();
    }

    /// <inheritdoc/>
    public async ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken)
    {
        if (await BeginChangeAsync(cancellationToken) is { } refusal)
        {
            return refusal;
        }

        try
        {
            var (index, list) = _members!.InForce;
            if (list.Members.Contains(member))
            {
                return new(AppendStatus.Committed, index, "");
            }

            if ((list.Find(member.Name) ?? list.Find(member.EndPoint)) is { } other)
            {
                return Rejected($"{other.Name} is a member at {other.EndPoint}");
            }

            if (list.Count == MemberList.MembersMax)
            {
                return Rejected($"there are {MemberList.MembersMax} members already");
            }

            _members.Candidate = member;
            ConnectPeers();
            return await JoinAsync(member, cancellationToken);
        }
        finally
        {
            _members!.Candidate = null;
            ConnectPeers();
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken)
    {
        if (await BeginChangeAsync(cancellationToken) is { } refusal)
        {
            return refusal;
        }

        try
        {
            var (index, list) = _members!.InForce;
            if (list.Find(name) is not { } member)
            {
                return new(AppendStatus.Committed, index, "");
            }

            if (list.Count == 1)
            {
                return Rejected($"{name} is the only member");
            }

            if (name == _options.Self)
            {
                await ResignAsync(cancellationToken);
                return Rejected($"{name} led, and has resigned: the next leader takes it out");
            }

            return await ChangeAsync(index, c => _engine!.RemoveMemberAsync(member.EndPoint, c), cancellationToken) ?? Rejected($"{name} could not be taken out");
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <returns>Null when the change may go on, with <see cref="_changing"/> held.</returns>
    private async ValueTask<AppendOutcome?> BeginChangeAsync(CancellationToken cancellationToken)
    {
        _committed.ThrowIfFaulty();
        if (!Leadership.IsSelf)
        {
            return Rejected(Leadership.Leader is { } leader ? $"not the leader; {leader} leads" : "not the leader; no leader is known");
        }

        if (!await _changing.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return Rejected("another change of the members is under way");
        }

        if (_members!.InForce.Index > _store!.CommitIndex)
        {
            _changing.Release();
            return Rejected("the last change of the members is not committed yet");
        }

        return null;
    }

    /// <summary>The engine brings a node up to the others in a few rounds, at once and without pause: what it cannot do in those is done in the next try.</summary>
    private async ValueTask<AppendOutcome> JoinAsync(LogMember member, CancellationToken cancellationToken)
    {
        var before = _members!.InForce.Index;
        var request = new JoinRequest(_store!.LastIndex, _members.InForce.List.With(member)).ToBytes();
        var (reached, since) = (-1L, TimeProvider.System.GetTimestamp());
        while (true)
        {
            string problem;
            try
            {
                var answer = await _transport.Requests.AskAsync(member.Name, RequestKinds.Join, request, cancellationToken);
                var lastIndex = JoinRequest.ReadAnswer(answer.Span);
                if (lastIndex > reached)
                {
                    (reached, since) = (lastIndex, TimeProvider.System.GetTimestamp());
                }

                if (await ChangeAsync(before, c => _engine!.AddMemberAsync(member.EndPoint, c), cancellationToken) is { } outcome)
                {
                    return outcome;
                }

                problem = $"its log ends at entry {reached}";
            }
            catch (PeerUnreachableException e)
            {
                problem = e.Message;
            }

            if (TimeProvider.System.GetElapsedTime(since) > NoProgressMax)
            {
                return Rejected($"{member.Name} does not catch up: {problem}");
            }

            if (!Leadership.IsSelf)
            {
                return Rejected("leadership was lost before it was written");
            }

            await Task.Delay(CatchUpPause, cancellationToken);
        }
    }

    /// <returns>Null when the engine did nothing.</returns>
    private async ValueTask<AppendOutcome?> ChangeAsync(long before, Func<CancellationToken, Task<bool>> change, CancellationToken cancellationToken)
    {
        try
        {
            return await change(cancellationToken) ? new(AppendStatus.Committed, _members!.InForce.Index, "") : null;
        }
        catch (NotLeaderException)
        {
            return UnknownOr(before, "leadership was lost");
        }
        catch (StoreUnavailableException e)
        {
            return UnknownOr(before, e.Message);
        }
        catch (ObjectDisposedException)
        {
            return UnknownOr(before, "the log was stopped");
        }
    }

    /// <summary>A list that has come into the log may commit whatever else happens.</summary>
    private AppendOutcome UnknownOr(long before, string reason) =>
        _members!.InForce.Index == before ? Rejected($"{reason} before it was written") : new(AppendStatus.Unknown, 0, $"{reason} before its commit was known");

    private void OnMembersChanged()
    {
        var (index, list) = _members!.InForce;
        LogMembers(_logger, index, string.Join(", ", list.Members.Select(m => m.Name)));
        ConnectPeers();
        PublishLeadership();
        MembersChanged?.Invoke();
    }

    private void ConnectPeers()
    {
        lock (_peersSync)
        {
            Dictionary<string, IPEndPoint> all = new(_peers, StringComparer.Ordinal);
            foreach (var member in (_members?.InForce.List.Members ?? []).Append(_members?.Candidate).OfType<LogMember>())
            {
                all[member.Name] = member.EndPoint;
            }

            _transport.SetPeers(all);
        }
    }
}
