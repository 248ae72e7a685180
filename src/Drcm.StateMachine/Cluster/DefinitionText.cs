using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Cluster;

/// <summary>Decodes canonical text. One change is decoded by Decide, by its provisional state and by Apply: the newest result is kept.</summary>
internal static class DefinitionText
{
    private static volatile Decoded? _newest;

    /// <summary>Null if the text cannot be read.</summary>
    public static ClusterDefinition? Read(string text)
    {
        if (_newest is { } known && known.Text == text) return known.Definition;
        var decoded = new Decoded(text, CmConfigReader.Read(text).Definition);
        _newest = decoded;
        return decoded.Definition;
    }

    private sealed record Decoded(string Text, ClusterDefinition? Definition);
}
