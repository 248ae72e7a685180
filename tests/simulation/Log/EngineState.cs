using System.Globalization;
using System.Reflection;
using System.Text;
using Drcm.Consensus.Engines.DotNext;

namespace Drcm.Simulation.Log;

/// <summary>The private state of a member's engine as text, for the one case where nothing else explains it: a calm cluster without a leader.</summary>
internal static class EngineState
{
    private const BindingFlags OwnFields = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;

    public static string Of(SimMember member)
    {
        var text = new StringBuilder(member.Name);
        Append(text, member.Log, "log", depth: 1);
        var engine = Value(member.Log, "_engine");
        Append(text, engine, "engine", depth: 1);
        Append(text, Value(engine, "state"), "state", depth: 2);
        Append(text, Value(engine, "transitionLock"), "transition", depth: 2);
        Append(text, Value(member.Log, "_store"), "store", depth: 1);
        return text.ToString();
    }

    private static object? Value(object? owner, string name) => Fields(owner).FirstOrDefault(f => f.Name == name)?.GetValue(owner);

    private static IEnumerable<FieldInfo> Fields(object? owner)
    {
        for (var type = owner?.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(OwnFields))
            {
                yield return field;
            }
        }
    }

    private static void Append(StringBuilder text, object? owner, string path, int depth)
    {
        foreach (var field in Fields(owner))
        {
            var value = field.GetValue(owner);
            var ended = value is Task task ? $" ({task.Status} {task.Exception?.InnerException?.Message})" : "";
            text.Append(CultureInfo.InvariantCulture, $"\n      {path}.{field.Name} = {value}{ended}");
            if (depth > 1 && value is not Engine && field.FieldType.Namespace?.StartsWith("DotNext", StringComparison.Ordinal) == true)
            {
                Append(text, value, $"{path}.{field.Name}", depth - 1);
            }
        }
    }
}
