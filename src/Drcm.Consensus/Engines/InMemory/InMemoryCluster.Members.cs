using System.Net;

namespace Drcm.Consensus.Engines.InMemory;

/// <content>Who counts. A node is known to the cluster before it is a member: it follows as a learner.</content>
public sealed partial class InMemoryCluster
{
    /// <summary>Each list with the index at which it was committed, oldest first.</summary>
    private readonly List<(long Index, IReadOnlyList<LogMember> Members)> _voters = [];

    /// <summary>The address under which a node is a member here.</summary>
    public static LogMember Voter(string name) => new(name, new IPEndPoint(IPAddress.Loopback, 1 + name.Aggregate(0, (h, c) => (h * 31 + c) % 65_000)));

    /// <summary>A node that follows; its log is not started.</summary>
    public InMemoryLog AddLearner(string name)
    {
        lock (_sync)
        {
            return _members[name] = new(this, name);
        }
    }

    internal bool IsVoter(string name, long visibleIndex) => VotersAt(visibleIndex).Any(m => m.Name == name);

    internal IReadOnlyList<LogMember> VotersAt(long visibleIndex)
    {
        lock (_sync)
        {
            return _voters.Last(v => v.Index <= visibleIndex).Members;
        }
    }

    internal AppendOutcome AddVoter(string leader, LogMember member)
    {
        lock (_sync)
        {
            var voters = _voters[^1].Members;
            if (voters.Contains(member))
            {
                return new(AppendStatus.Committed, _voters[^1].Index, "");
            }

            if (voters.FirstOrDefault(v => v.Name == member.Name || v.EndPoint.Equals(member.EndPoint)) is { } other)
            {
                return new(AppendStatus.Rejected, 0, $"{other.Name} is a member at {other.EndPoint}");
            }

            return _members.ContainsKey(member.Name)
                ? Change(leader, [.. voters, member])
                : new(AppendStatus.Rejected, 0, $"{member.Name} cannot be reached");
        }
    }

    internal AppendOutcome RemoveVoter(string leader, string name)
    {
        lock (_sync)
        {
            var voters = _voters[^1].Members;
            if (voters.All(v => v.Name != name))
            {
                return new(AppendStatus.Committed, _voters[^1].Index, "");
            }

            if (voters.Count == 1)
            {
                return new(AppendStatus.Rejected, 0, $"{name} is the only member");
            }

            if (name == leader)
            {
                Resign(name);
                return new(AppendStatus.Rejected, 0, $"{name} led, and has resigned: the next leader takes it out");
            }

            return Change(leader, [.. voters.Where(v => v.Name != name)]);
        }
    }

    private AppendOutcome Change(string leader, IEnumerable<LogMember> voters)
    {
        if (_isolated.Contains(leader) || _leader != leader)
        {
            return new(AppendStatus.Unknown, 0, "leadership was lost before its commit was known");
        }

        _voters.Add((++_lastIndex, [.. voters.OrderBy(v => v.Name, StringComparer.Ordinal)]));
        Deliver();
        return new(AppendStatus.Committed, _lastIndex, "");
    }
}
