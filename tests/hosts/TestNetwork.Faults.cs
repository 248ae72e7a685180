namespace Drcm.TestHosts;

/// <summary>Which way a fault of a link works.</summary>
public enum LinkDirection
{
    Both,

    /// <summary>What the host sends is lost; it still hears.</summary>
    FromHost,

    /// <summary>What is sent to the host is lost; it is still heard.</summary>
    ToHost,
}

/// <summary>Faults of the switch: silent ones, of which no host notices a loss of carrier.</summary>
public sealed partial class TestNetwork
{
    private readonly SortedSet<string> _rules = new(StringComparer.Ordinal);

    /// <summary>Drops all frames between two groups of hosts, both ways; the client reaches both.</summary>
    public Task PartitionAsync(IEnumerable<TestHost> one, IEnumerable<TestHost> other, CancellationToken cancellationToken)
    {
        var others = other.ToArray();
        foreach (var a in one)
        {
            foreach (var b in others)
            {
                _rules.Add($"iifname {a.Port} oifname {b.Port} drop");
                _rules.Add($"iifname {b.Port} oifname {a.Port} drop");
            }
        }
        return ApplyRulesAsync(cancellationToken);
    }

    /// <summary>Drops frames from <paramref name="from"/> to <paramref name="to"/> only.</summary>
    public Task CutOneWayAsync(TestHost from, TestHost to, CancellationToken cancellationToken)
    {
        _rules.Add($"iifname {from.Port} oifname {to.Port} drop");
        return ApplyRulesAsync(cancellationToken);
    }

    /// <summary>Ends every partition, cut and loss.</summary>
    public Task HealAsync(CancellationToken cancellationToken)
    {
        _rules.Clear();
        return ApplyRulesAsync(cancellationToken);
    }

    internal Task CutAsync(TestHost host, LinkDirection direction, CancellationToken cancellationToken)
    {
        if (direction != LinkDirection.ToHost) _rules.Add($"iifname {host.Port} drop");
        if (direction != LinkDirection.FromHost) _rules.Add($"oifname {host.Port} drop");
        return ApplyRulesAsync(cancellationToken);
    }

    internal Task LoseAsync(TestHost host, int percent, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        _rules.RemoveWhere(r => r.Contains($" {host.Port} numgen", StringComparison.Ordinal));
        if (percent > 0)
        {
            _rules.Add($"iifname {host.Port} numgen random mod 100 <= {percent - 1} drop");
            _rules.Add($"oifname {host.Port} numgen random mod 100 <= {percent - 1} drop");
        }
        return ApplyRulesAsync(cancellationToken);
    }

    internal Task RestoreAsync(TestHost host, CancellationToken cancellationToken)
    {
        _rules.RemoveWhere(r => r.Split(' ').Contains(host.Port, StringComparer.Ordinal));
        return ApplyRulesAsync(cancellationToken);
    }

    /// <summary>All rules in one transaction, so that no frame passes between an old and a new set.</summary>
    private Task ApplyRulesAsync(CancellationToken cancellationToken)
    {
        var text = $$"""
            table bridge faults
            flush table bridge faults
            table bridge faults {
                chain forward {
                    type filter hook forward priority 0
                    {{string.Join("\n        ", _rules)}}
                }
            }

            """;
        return Tool.MustAsync(["nsenter", "--net=" + Namespaces.PathOf(_switch), "nft", "-f", "-"], text, cancellationToken);
    }
}
