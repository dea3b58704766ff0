/**
 * The shapes of docs/reference/protocol.md, and nothing else.
 *
 * @typedef {[number, number, number, number]} Box `[x, y, w, h]`, pixels of the upright frame.
 * @typedef {[number, number]} Point
 * @typedef {[number, number, number, number]} TurnedSquare `[x, y, side, roll]`: centre and side in pixels
 * of the upright frame, degrees clockwise.
 *
 * @typedef {"available" | "unavailable"} ModelState
 *
 * @typedef {object} ClassificationModel
 * @property {string} name
 * @property {string} title
 * @property {"classification"} kind
 * @property {number | null} version Null while the model server has not said.
 * @property {string[]} labels
 * @property {number} unsure_below
 * @property {number} interval_ms
 * @property {boolean} enabled
 * @property {boolean} activation Whether it can say where its evidence lies.
 * @property {ModelState} state
 * @property {string} message
 *
 * @typedef {object} MeasureModel
 * @property {string} name
 * @property {string} title
 * @property {"measure"} kind
 * @property {number | null} version Null while the model server has not said.
 * @property {string} unit
 * @property {number} interval_ms
 * @property {boolean} enabled
 * @property {boolean} activation Whether it can say where its evidence lies.
 * @property {ModelState} state
 * @property {string} message
 *
 * @typedef {ClassificationModel | MeasureModel} Model
 *
 * @typedef {object} Limits
 * @property {number} max_frame_bytes
 * @property {number} max_pixels
 * @property {number} max_side Pixels of a picture's longer side.
 * @property {number} max_faces
 * @property {number} max_frames_per_second
 * @property {number} session_max_seconds
 * @property {number} session_idle_seconds
 *
 * @typedef {object} Crop
 * @property {number} margin Share of the face box's longer side, added on each side.
 * @property {number} size Side in pixels that serves all models.
 *
 * @typedef {object} Session
 * @property {string} session_id
 * @property {1} protocol
 * @property {Model[]} models
 * @property {{smoothing: boolean, mirror: boolean, activation: boolean}} settings
 * @property {Limits} limits
 * @property {Crop} crop
 * @property {string} detector
 *
 * @typedef {object} ClassificationResult
 * @property {number} id
 * @property {string} label `unsure` where the confidence is below the model's `unsure_below`.
 * @property {number} confidence
 * @property {Record<string, number>} scores
 *
 * @typedef {{id: number, low: number, high: number} & Record<string, number>} MeasureResult
 * The value itself is named by the model's unit.
 *
 * @typedef {object} Activation
 * @property {TurnedSquare} square
 * @property {number[][]} grid Rows of numbers from -1, against the answer, to 1, for it.
 *
 * @typedef {(ClassificationResult | MeasureResult) & {activation?: Activation}} Result
 *
 * @typedef {object} Prediction
 * @property {number} seq
 * @property {string} model
 * @property {number} version
 * @property {number} latency_ms
 * @property {number | null} captured_at
 * @property {Result[]} faces
 *
 * @typedef {object} ModelStatus
 * @property {string} model
 * @property {number | null} version
 * @property {ModelState} state
 * @property {string} message
 *
 * @typedef {object} SessionExpired
 * @property {"idle" | "lifetime" | "shutdown"} reason
 * @property {string} message
 *
 * @typedef {"too_small" | "too_dark" | "too_bright" | "blurred" | "turned_away"} QualityReason
 *
 * @typedef {object} Face
 * @property {number} id
 * @property {Box} box
 * @property {number} score
 * @property {[Point, Point, Point, Point] | null} landmarks Right eye, left eye, nose, mouth.
 * @property {{ok: boolean, reasons: QualityReason[]}} quality
 *
 * @typedef {object} Analysed
 * @property {number} seq
 * @property {"analysed"} status
 * @property {number} width
 * @property {number} height
 * @property {Face[]} faces
 * @property {{decode_ms: number, detect_ms: number, total_ms: number}} timings
 *
 * @typedef {object} Dropped
 * @property {number} seq
 * @property {"dropped"} status
 *
 * @typedef {"bad_request" | "bad_image" | "image_too_large" | "rate_limited" | "unauthorized"
 *   | "server_full" | "model_unavailable" | "session_expired" | "internal"} ErrorCode
 *
 * @typedef {object} Failed
 * @property {number | null} seq
 * @property {"error"} status
 * @property {ErrorCode} code
 * @property {string} message
 *
 * @typedef {Analysed | Dropped | Failed} Ack
 *
 * @typedef {object} FrameMeta
 * @property {number} seq
 * @property {number} captured_at
 *
 * @typedef {object} FoundFace
 * @property {Box} box
 * @property {number} score
 * @property {Point[]} landmarks
 * @property {Box} crop_box
 *
 * @typedef {FrameMeta & {width: number, height: number, faces: FoundFace[]}} FacesMeta
 *
 * @typedef {{enabled?: boolean, interval_ms?: number}} ModelSettings
 *
 * @typedef {object} Configuration
 * @property {Record<string, ModelSettings>} [models]
 * @property {boolean} [smoothing]
 * @property {boolean} [mirror]
 * @property {boolean} [activation]
 *
 * @typedef {object} Configured
 * @property {"ok"} status
 * @property {Record<string, Required<ModelSettings>>} models
 * @property {boolean} smoothing
 * @property {boolean} mirror
 * @property {boolean} activation
 *
 * @typedef {{status: "error", code: ErrorCode, message: string}} Refused
 */

export {};
