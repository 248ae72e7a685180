using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>One <c>[CM_NODE]</c> with its identity read; its lists are read when all nodes are known.</summary>
internal sealed record NodeSection(
    NodeId Id, string Hostname, ImmutableArray<string> KeepAliveAddresses, bool IsActive, bool IsWitness,
    bool? Voter, KeyValues Values);

/// <summary>Reads the identities of all nodes and refuses doubles: every one of them is fatal, since the nodes could
/// not agree on who is who.</summary>
internal sealed class NodeSections(DiagnosticBag bag)
{
    private readonly SortedDictionary<string, SourcePosition> _seen = new(StringComparer.OrdinalIgnoreCase);

    public ImmutableArray<NodeSection> Read(IReadOnlyCollection<KeyValues> sections)
    {
        if (sections.Count > CmLimits.NodesMax)
            bag.Fatal(sections.Last().At, $"more than {CmLimits.NodesMax} nodes", "split the cluster");
        return [.. sections.Take(CmLimits.NodesMax).Select(Read).OfType<NodeSection>()];
    }

    private NodeSection? Read(KeyValues values)
    {
        var name = Name(values);
        var hostname = Required(values, "hostname", "write what uname -n prints there");
        var addresses = KeepAliveAddresses(values);
        if (hostname is { } host) Once("hostname", host);
        if (name is not { } id) return null;
        var isActive = values.Bool("node_is_active", true);
        var isWitness = values.Bool("witness", false);
        var voter = values.BoolOrNull("voter");
        if (isWitness && voter == false)
        {
            bag.Error(values.PositionOf("voter"), $"{id} is a witness with voter = 0", "remove voter; a witness votes");
            voter = null;
        }
        return new NodeSection(id, hostname?.Text ?? "", addresses, isActive, isWitness, voter, values);
    }

    private NodeId? Name(KeyValues values)
    {
        if (Required(values, "nodename", "name the node") is not { } token) return null;
        if (token.Text.Length > CmLimits.NameLengthMax || token.Text.IndexOfAny([':', '@', ',', '/']) >= 0)
        {
            bag.Fatal(token.At, $"nodename {KeyValues.Shown(token.Text)} cannot be used",
                $"use letters, digits, dots and dashes, at most {CmLimits.NameLengthMax}");
            return null;
        }
        return Once("nodename", token) ? new NodeId(token.Text) : null;
    }

    private ImmutableArray<string> KeepAliveAddresses(KeyValues values)
    {
        const string key = "keep_alive_ip";
        if (Required(values, key, "write the address that other nodes reach it at") is null) return [];
        var addresses = ImmutableArray.CreateBuilder<string>();
        foreach (var token in values.List(key))
        {
            if (!Addresses.TryNormalize(token.Text, out var address))
                bag.Fatal(token.At, $"keep_alive_ip {KeyValues.Shown(token.Text)} is no IP address",
                    "write a literal IPv4 or IPv6 address");
            else if (Once(key, token with { Text = address }))
                addresses.Add(address);
        }
        if (addresses.Count == 0 && !bag.HasFatal) bag.Fatal(values.PositionOf(key), $"{key} has no address", "write one");
        return addresses.ToImmutable();
    }

    private CmToken? Required(KeyValues values, string key, string remedy)
    {
        if (values.Find(key) is { } token) return token;
        bag.Fatal(values.PositionOf(key), $"this [CM_NODE] has no {key}", remedy);
        return null;
    }

    private bool Once(string key, CmToken token)
    {
        if (_seen.TryAdd($"{key} {token.Text}", token.At)) return true;
        var first = _seen[$"{key} {token.Text}"];
        bag.Fatal(token.At, $"{key} {token.Text} is given twice (line {first.Line} has it already)", "give each node its own");
        return false;
    }
}
