using System.Text;
using Drcm.StateMachine.Configuration.Reading;

namespace Drcm.StateMachine.Configuration;

/// <content>One resource by itself.</content>
public static partial class CanonicalText
{
    private const string SingleHead = "[CM_SERVER]\nudpport = 1\ntcpport = 1\n";

    /// <summary>Everything about one resource; <see cref="ReadResource"/> is the inverse.</summary>
    public static string RenderResource(ResourceDefinition resource)
    {
        var text = new StringBuilder(SingleHead);
        text.Append('[').Append(KindLayout.Of(resource.Id.Kind).Section).Append("]\n");
        Row(text, Fields(resource));
        OptionsOf(text, [resource]);
        text.Append("\n[CM_NODE]\nnodename = n\nhostname = n\nkeep_alive_ip = 192.0.2.1\n");
        Pair(text, KindLayout.Of(resource.Id.Kind).HomeKey, resource.Id.Nickname);
        return text.ToString();
    }

    /// <summary>Null if the text does not define exactly one resource.</summary>
    public static ResourceDefinition? ReadResource(string text) =>
        CmConfigReader.Read(text).Definition is { Resources: [var only] } ? only : null;
}
