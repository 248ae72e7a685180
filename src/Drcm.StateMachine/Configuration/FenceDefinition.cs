using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary><c>fence = agent, key=value, ...</c> of a node: how the others make sure that it cannot act. The agent follows the convention of
/// <c>fence_*</c> programs: options as lines on stdin, <c>action=off|reboot|status</c>, exit 0 for success.</summary>
/// <param name="Agent">Absolute path, or a name looked for where scripts are.</param>
/// <param name="Options"><c>key=value</c>, in file order, as the agent gets them; <c>action</c> and <c>delay</c> are not among them.</param>
/// <param name="Reboots"><c>action=reboot</c> instead of <c>off</c>, the default.</param>
/// <param name="Delay">How long the leader waits before it fences this node: a head start for the one that shall survive.</param>
public sealed record FenceDefinition(string Agent, ImmutableArray<string> Options, bool Reboots, TimeSpan Delay)
{
    /// <summary>Longest head start that a file may give.</summary>
    public static TimeSpan DelayMax { get; } = TimeSpan.FromMinutes(10);

    private static readonly ImmutableArray<string> SecretWords = ["pass", "secret", "token", "pin", "community", "key"];

    /// <summary>As in cm.cfg; <see cref="Shown"/> is for people.</summary>
    public string Text => Join(Options);

    /// <summary>With stars in place of secrets.</summary>
    public string Shown => Join(Options.Select(o => IsSecret(o) ? $"{Key(o)}=***" : o));

    public bool Equals(FenceDefinition? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    /// <summary>What agents print may quote what they were given.</summary>
    public string WithoutSecrets(string text) => Options.Where(IsSecret).Select(o => o[(Key(o).Length + 1)..]).Where(v => v.Length > 0)
        .OrderByDescending(v => v.Length).Aggregate(text, (shown, value) => shown.Replace(value, "***", StringComparison.Ordinal));

    private string Join(IEnumerable<string> options)
    {
        var words = new List<string> { Agent };
        if (Reboots) words.Add("action=reboot");
        if (Delay > TimeSpan.Zero) words.Add($"delay={DurationText.Seconds(Delay)}");
        return string.Join(", ", words.Concat(options));
    }

    private static string Key(string option) => option[..option.IndexOf('=', StringComparison.Ordinal)];

    private static bool IsSecret(string option) => SecretWords.Any(w => Key(option).Contains(w, StringComparison.OrdinalIgnoreCase));
}
