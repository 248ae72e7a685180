using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>The lists of the nodes: what is at home where, and who backs up what.</summary>
internal sealed class NodeReader(
    ImmutableArray<NodeSection> nodes, ImmutableArray<ResourceDefinition> resources, ResourceRows rows, DiagnosticBag bag)
{
    private readonly ImmutableSortedDictionary<ResourceId, ResourceDefinition> _resources =
        resources.ToImmutableSortedDictionary(r => r.Id, r => r);

    private readonly SortedDictionary<ResourceId, (NodeId Node, SourcePosition At)> _exclusiveHomes = [];

    public ImmutableArray<NodeDefinition> Read()
    {
        var voters = VoterRule.Voters(nodes, bag);
        var homes = nodes.ToImmutableSortedDictionary(n => n.Id, Homes);
        var slots = homes.SelectMany(h => h.Value.Select(r => new SlotId(r, h.Key))).ToImmutableSortedSet();
        ReportHomeless(slots);
        ImmutableArray<NodeDefinition> definitions = [.. nodes.Select(n => new NodeDefinition
        {
            Id = n.Id,
            Hostname = n.Hostname,
            KeepAliveAddresses = n.KeepAliveAddresses,
            IsActive = n.IsActive,
            IsWitness = n.IsWitness,
            IsVoter = voters.Contains(n.Id),
            KeepServices = n.Values.Bool("keep_services", false),
            KeepFilesystems = n.Values.Bool("keep_filesystems", false),
            KeepApplications = n.Values.Bool("keep_applications", false),
            Fence = FenceReader.Read(n.Values),
            CheckIntervals = KindLayout.All.ToImmutableSortedDictionary(
                k => k.Kind, k => n.Values.Seconds(k.CheckKey, ConfigDefaults.CheckIntervals[k.Kind])),
            HomeResources = homes[n.Id],
            Backups = Backups(n, homes.Keys.ToImmutableSortedSet(), slots),
        })];
        ReportKept(definitions);
        return definitions;
    }

    private ImmutableArray<ResourceId> Homes(NodeSection node)
    {
        var homes = ImmutableArray.CreateBuilder<ResourceId>();
        var seen = new SortedSet<ResourceId>();
        foreach (var kind in KindLayout.All)
        {
            foreach (var token in node.Values.List(kind.HomeKey))
            {
                var id = new ResourceId(kind.Kind, token.Text);
                if (WitnessMayNot(node, token, kind.HomeKey)) continue;
                if (!_resources.TryGetValue(id, out var resource))
                    rows.ReportUnlisted(id, token, $"{kind.HomeKey} of {node.Id}");
                else if (!seen.Add(id))
                    Twice(kind.HomeKey, token);
                else if (!resource.IsExclusive || FirstHome(node, id, token))
                    homes.Add(id);
            }
        }
        return homes.ToImmutable();
    }

    private bool FirstHome(NodeSection node, ResourceId id, CmToken token)
    {
        if (_exclusiveHomes.TryAdd(id, (node.Id, token.At))) return true;
        var (first, at) = _exclusiveHomes[id];
        bag.Error(token.At, $"{id} is exclusive and has its home on {first} already (line {at.Line})",
            $"list it on one node and as {first}:{id.Nickname} in {KindLayout.Of(id.Kind).BackupKey} here; it is left out");
        return false;
    }

    private ImmutableArray<SlotId> Backups(
        NodeSection node, ImmutableSortedSet<NodeId> known, ImmutableSortedSet<SlotId> slots)
    {
        var backups = ImmutableArray.CreateBuilder<SlotId>();
        var seen = new SortedSet<SlotId>();
        foreach (var kind in KindLayout.All)
        {
            foreach (var token in node.Values.List(kind.BackupKey))
            {
                if (WitnessMayNot(node, token, kind.BackupKey)) continue;
                if (Backup(node, kind, token, known, slots) is not { } slot) continue;
                if (seen.Add(slot)) backups.Add(slot);
                else Twice(kind.BackupKey, token);
            }
        }
        return backups.ToImmutable();
    }

    private SlotId? Backup(
        NodeSection node, KindLayout kind, CmToken token, ImmutableSortedSet<NodeId> known, ImmutableSortedSet<SlotId> slots)
    {
        var colon = token.Text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == token.Text.Length - 1)
        {
            bag.Error(token.At, $"{kind.BackupKey} holds {KeyValues.Shown(token.Text)}, which names no home node",
                "write nodename:nickname; it is left out");
            return null;
        }
        var home = new NodeId(token.Text[..colon].TrimEnd());
        var id = new ResourceId(kind.Kind, token.Text[(colon + 1)..].TrimStart());
        if (!known.Contains(home))
        {
            bag.Error(token.At, $"{kind.BackupKey} of {node.Id} names the unknown node {KeyValues.Shown(home.Value)}",
                "write the nodename of a [CM_NODE]; it is left out");
            return null;
        }
        if (!_resources.ContainsKey(id))
        {
            rows.ReportUnlisted(id, token, $"{kind.BackupKey} of {node.Id}");
            return null;
        }
        if (home == node.Id)
        {
            bag.Error(token.At, $"{node.Id} is listed as its own backup for {id}", "remove it, or name another home node");
            return null;
        }
        var slot = new SlotId(id, home);
        if (slots.Contains(slot)) return slot;
        bag.Warn(token.At, $"{home} does not have {id} in its {kind.HomeKey}, so there is nothing to back up",
            $"list {id.Nickname} there or remove it here; it is left out");
        return null;
    }

    /// <summary>OWNERSHIP O15: what is exclusive is never kept; somebody may have wished for that.</summary>
    private void ReportKept(ImmutableArray<NodeDefinition> definitions)
    {
        foreach (var (node, section) in definitions.Zip(nodes))
        {
            foreach (var id in node.HomeResources.Where(r => node.Keeps(r.Kind) && _resources[r].IsExclusive))
            {
                bag.Warn(section.Values.PositionOf($"keep_{id.Kind.Word()}s"),
                    $"keep_{id.Kind.Word()}s does not keep {id}, which is exclusive: when the daemon of {node.Id} is shut down it is stopped and handed over",
                    $"set keep_{id.Kind.Word()}s = 0 unless that is meant for others of its kind");
            }
        }
    }

    private bool WitnessMayNot(NodeSection node, CmToken token, string key)
    {
        if (node.IsWitness)
            bag.Error(token.At, $"{key}: the witness {node.Id} runs no resources", "remove the entry; it is left out");
        return node.IsWitness;
    }

    private void Twice(string key, CmToken token) =>
        bag.Warn(token.At, $"{key} holds {KeyValues.Shown(token.Text)} twice", "remove one of them");

    private void ReportHomeless(ImmutableSortedSet<SlotId> slots)
    {
        var housed = slots.Select(s => s.Resource).ToImmutableSortedSet();
        foreach (var row in rows.Rows.Where(r => !housed.Contains(r.Id)))
        {
            bag.Warn(row.At, $"{row.Id} is at home on no node and will never run",
                $"list it in {KindLayout.Of(row.Id.Kind).HomeKey} of a node or remove the row");
        }
    }
}
