using System.Collections.Immutable;
using Drcm.Node.Scripts.Native;

namespace Drcm.Node.Scripts;

/// <summary>The whole environment of a script: nothing of the daemon's own leaks in (DESIGN 9).</summary>
internal static class ScriptEnvironment
{
    internal const string StandardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const string Language = "C.UTF-8";

    internal static ImmutableArray<string> Of(ScriptCall call, Account account) =>
    [
        "PATH=" + StandardPath,
        "HOME=" + account.Home,
        "USER=" + account.Name,
        "LOGNAME=" + account.Name,
        "SHELL=" + account.Shell,
        "LANG=" + Language,
        "DRCM_NODE=" + call.Context.Node,
        .. OfResource(call),
        "DRCM_REASON=" + call.Context.Reason.Replace('\0', ' '),
    ];

    private static ImmutableArray<string> OfResource(ScriptCall call) => call.Resource == default
        ? []
        : ["DRCM_RESOURCE=" + call.Resource, "DRCM_ACTION=" + call.Action.Word(), "DRCM_TOKEN=" + call.Context.Token];
}
