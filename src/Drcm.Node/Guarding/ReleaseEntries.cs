using System.Collections.Immutable;
using System.Net;
using Drcm.Node.Actions;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Guarding;

/// <summary>Makes the guard's table of the run table: how each exclusive resource that may be here is taken away. Programs and accounts are looked up now, not
/// at the deadline.</summary>
internal sealed class ReleaseEntries(NodeId self, StartedGroups groups)
{
    private const string Reason = "the lease is over: released by the guard";

    /// <summary>What is looked up once for a definition and its token; as many as there are entries.</summary>
    private readonly Dictionary<ResourceId, (ResourceDefinition Definition, LogIndex Token, ReleaseEntry Entry)> _known = [];

    public IReadOnlyList<ReleaseEntry> Of(RunTable table)
    {
        var entries = new List<ReleaseEntry>();
        foreach (var running in table.Entries)
        {
            if (running.Definition is not { IsExclusive: true } definition) continue;
            if (!_known.TryGetValue(definition.Id, out var known) || !ReferenceEquals(known.Definition, definition) || known.Token != running.Token)
                _known[definition.Id] = known = (definition, running.Token, Make(definition, running.Token));
            entries.Add(known.Entry with { Groups = [.. groups.Of(definition.Id)] });
        }
        foreach (var gone in _known.Keys.Except(entries.Select(e => e.Resource)).ToArray()) _known.Remove(gone);
        return entries;
    }

    private ReleaseEntry Make(ResourceDefinition definition, LogIndex token)
    {
        var entry = new ReleaseEntry(definition.Id, []) { Limit = ReleaseRules.EndsHostAfter(definition) };
        return definition switch
        {
            IpAddressDefinition ip => WithScript(
                entry with { Address = Bytes(ip.Address) }, ip, token, isNeeded: !BuiltInScript.Is(ip.Script, "ip")),
            CrontabDefinition cron => WithScript(
                entry with { Files = Files(cron) }, cron, token, isNeeded: !BuiltInScript.Is(cron.Script, "cron")),
            _ => WithScript(entry, definition, token, isNeeded: true),
        };
    }

    /// <summary>A script that cannot be run here is left out; what the guard does itself, and the groups, remain.</summary>
    private ReleaseEntry WithScript(ReleaseEntry entry, ResourceDefinition definition, LogIndex token, bool isNeeded)
    {
        if (!isNeeded || ResourceCalls.For(definition, ScriptAction.Stop, new ScriptContext(self, token, Reason)) is not { } call) return entry;
        return entry with { Script = LaunchPlan.Make(call, out _), Timeout = call.Timeout };
    }

    private static ImmutableArray<byte> Bytes(string address) => IPAddress.TryParse(address, out var it) ? [.. it.GetAddressBytes()] : [];

    /// <summary>The crontab, and what an installation that was cut short may have left beside it.</summary>
    private static ImmutableArray<string> Files(CrontabDefinition cron)
    {
        var name = Path.GetFileName(cron.TemplateFile);
        return name.Length == 0 ? [] : [CrontabProbe.Target(cron), Path.Combine(cron.InstallLocation, $".{name}.drcm")];
    }
}
