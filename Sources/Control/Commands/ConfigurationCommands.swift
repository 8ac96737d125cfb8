/// Settings and memory.
enum ConfigurationCommands {
    static let control: [Command] = [
        Command("config", summary: "settings in force, secrets masked", columns: columns) { context, _ in
            .rows(await settings(context.target))
        },
        Command("memory", summary: "memory by kind", columns: memoryColumns) { context, _ in
            .rows(await memory(context.target))
        },
    ]

    static let show: [Command] = [
        Command("config", summary: "settings in force, secrets masked", columns: columns) { context, _ in
            .rows(await settings(context.target))
        },
        Command("mem", summary: "memory by kind", columns: memoryColumns) { context, _ in
            .rows(await memory(context.target))
        },
    ]

    private static let columns: [Column] = [.text("key"), .text("value"), .text("default"), .text("changeable")]

    private static let memoryColumns: [Column] = [
        .text("name"), .int4("size"), .int8("used"), .int8("free"), .int8("memtotal"),
    ]

    private static func settings(_ target: any ControlTarget) async -> [[Value]] {
        await target.configuration().map {
            [.text($0.key), .optional($0.value), .optional($0.defaultValue), $0.isChangeable ? "yes" : "no"]
        }
    }

    private static func memory(_ target: any ControlTarget) async -> [[Value]] {
        await target.memory().map {
            [.text($0.name), .number($0.size), .number($0.used), .number($0.free), .number($0.total)]
        }
    }
}
