using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>A place in cm.cfg, both numbers from 1; the default value means "the file as a whole".</summary>
public readonly record struct SourcePosition(int Line, int Column);

/// <summary>Where each value of a cm.cfg was read, so that checks made later can point at it.</summary>
/// <remarks>Paths: <c>run_dir</c> for a <c>[CM_SERVER]</c> key, <c>node:NODENAME</c> for a section,
/// <c>node:NODENAME/hostname</c> for a key in it, <c>cron:apps/template_file</c> for a value of a resource row.</remarks>
public sealed class SourceMap
{
    private readonly ImmutableSortedDictionary<string, SourcePosition> _positions;

    internal SourceMap(IEnumerable<KeyValuePair<string, SourcePosition>> positions)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, SourcePosition>(StringComparer.Ordinal);
        foreach (var (path, at) in positions) builder[path] = at;
        _positions = builder.ToImmutable();
    }

    public SourcePosition Of(string path) => _positions.GetValueOrDefault(path);

    public SourcePosition Of(ResourceId resource, string field) => Of($"{resource}/{field}");

    public SourcePosition Of(NodeId node) => Of($"node:{node}");

    public SourcePosition Of(NodeId node, string key) => Of($"node:{node}/{key}");
}
