namespace Drcm.StateMachine.Configuration;

/// <summary>The canonical cm.cfg text of a <see cref="ClusterDefinition"/>: one spelling, every default written out.
/// <c>CmConfigReader.Read(CanonicalText.Render(d)).Definition</c> equals <c>d</c>.</summary>
public static partial class CanonicalText
{
}
