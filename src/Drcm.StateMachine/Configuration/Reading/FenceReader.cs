using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary><c>fence</c> of a <c>[CM_NODE]</c>. Findings never quote its options: there are passwords among them.</summary>
internal static class FenceReader
{
    private const string Key = "fence";

    public static FenceDefinition? Read(KeyValues node)
    {
        var words = node.List(Key);
        if (words.IsEmpty) return null;
        var agent = words[0].Text;
        if (agent.Contains('=', StringComparison.Ordinal) || (agent.Contains('/', StringComparison.Ordinal) && !agent.StartsWith('/')))
        {
            node.Bag.Error(words[0].At, "fence does not begin with the name of an agent", "write fence = fence_ipmilan, ip=..., or its absolute path");
            return null;
        }
        var options = ImmutableArray.CreateBuilder<string>();
        var (reboots, delay, isGood) = (false, TimeSpan.Zero, true);
        foreach (var word in words.Skip(1))
        {
            var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = equals > 0 ? (word.Text[..equals].TrimEnd(), word.Text[(equals + 1)..].TrimStart()) : ("", "");
            if (key.Length == 0 || key.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')))
                Bad(word, "an option of fence is not key=value", "write key=value as the agent's manual names it");
            else if (key == "action" && value is not ("off" or "reboot"))
                Bad(word, "action of fence is neither off nor reboot", "write action=off (the default) or action=reboot");
            else if (key == "action")
                reboots = value == "reboot";
            else if (key == "delay" && !IsDelay(value, out delay))
                Bad(word, "delay of fence is no number of seconds", $"write delay=SECONDS, at most {DurationText.Seconds(FenceDefinition.DelayMax)}");
            else if (key != "delay")
                options.Add($"{key}={value}");
        }
        return isGood ? new FenceDefinition(agent, options.ToImmutable(), reboots, delay) : null;

        void Bad(CmToken word, string what, string remedy)
        {
            isGood = false;
            node.Bag.Error(word.At, what, $"{remedy}; fence is left out");
        }
    }

    private static bool IsDelay(string value, out TimeSpan delay)
    {
        if (value == "0")
        {
            delay = TimeSpan.Zero;
            return true;
        }
        return DurationText.TrySeconds(value, out delay) && delay > TimeSpan.Zero && delay <= FenceDefinition.DelayMax;
    }
}
